import { type RootSampler } from '../traceparent';

const ALL: RootSampler = () => true;
const NONE: RootSampler = () => false;
/** The digits of a trace id that are looked at: as many as a number can hold without loss. */
const DIGITS = 13;
const RANGE = 16 ** DIGITS;

export class UnknownSamplerError extends Error {
  override readonly name = 'UnknownSamplerError';
  constructor(name: string) {
    super(
      `OTEL_TRACES_SAMPLER is "${name}": it may be parentbased_always_on, parentbased_always_off or parentbased_traceidratio.`,
    );
  }
}

/**
 * What the names of OpenTelemetry mean for traces that begin here. Whoever began a trace elsewhere has decided for it, so the
 * names without `parentbased_` mean the same. By ratio, every process comes to the same verdict of the same trace.
 */
export function rootSampler(name = 'parentbased_always_on', argument = '1'): RootSampler {
  switch (name.replace(/^parentbased_/, '')) {
    case 'always_on':
      return ALL;
    case 'always_off':
      return NONE;
    case 'traceidratio':
      return byRatio(Number(argument));
    default:
      throw new UnknownSamplerError(name.slice(0, 64));
  }
}

function byRatio(ratio: number): RootSampler {
  // As the standard says of an argument that makes no sense: everything is kept.
  if (!(ratio >= 0 && ratio <= 1)) return ALL;
  const most = ratio * RANGE;
  return (traceId) => Number.parseInt(traceId.slice(-DIGITS), 16) < most;
}
