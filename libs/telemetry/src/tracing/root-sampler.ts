import { type RootSampler } from '../traceparent';

const ALL: RootSampler = () => true;
const NONE: RootSampler = () => false;
/** The digits of a trace id that are looked at: as many as a number can hold without loss. */
const DIGITS = 13;
const RANGE = 16 ** DIGITS;
/** Of each process, a second: enough to see everything of what people do, and little beside what thousands of calls cost. */
const RATE_GIVEN = 100;
const MS_PER_S = 1_000;

export class UnknownSamplerError extends Error {
  override readonly name = 'UnknownSamplerError';
  constructor(name: string) {
    super(
      `OTEL_TRACES_SAMPLER is "${name}": it may be parentbased_ratelimited, parentbased_always_on, parentbased_always_off or parentbased_traceidratio.`,
    );
  }
}

/**
 * What the names of OpenTelemetry mean for traces that begin here, and one name of our own: `ratelimited`, with the most
 * traces a second as its argument. Whoever began a trace elsewhere has decided for it, so the names without `parentbased_`
 * mean the same. By ratio, every process comes to the same verdict of the same trace.
 */
export function rootSampler(name = 'parentbased_always_on', argument?: string): RootSampler {
  switch (name.replace(/^parentbased_/, '')) {
    case 'always_on':
      return ALL;
    case 'always_off':
      return NONE;
    case 'traceidratio':
      return byRatio(Number(argument ?? '1'));
    case 'ratelimited':
      return byRate(Number(argument ?? RATE_GIVEN));
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

/** As many a second, and after a pause those of a second at once. */
function byRate(wanted: number): RootSampler {
  const perSecond = wanted >= 0 && Number.isFinite(wanted) ? wanted : RATE_GIVEN;
  const most = Math.max(1, perSecond);
  let left = perSecond === 0 ? 0 : most;
  let lastMs = performance.now();
  return () => {
    const nowMs = performance.now();
    left = Math.min(most, left + ((nowMs - lastMs) * perSecond) / MS_PER_S);
    lastMs = nowMs;
    if (left < 1) return false;
    left -= 1;
    return true;
  };
}
