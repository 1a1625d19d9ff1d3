import { CommandBus, type ICommand } from '@nestjs/cqrs';
import { type INestApplicationContext } from '@nestjs/common';
import {
  rootSampler,
  sampleRoots,
  type SpanExport,
  type SpanExportOptions,
  startSpanExport,
  tracer,
} from '@app/telemetry';
import { type Settings } from './settings';

/** Of the time for an orderly end; a collector that does not answer must not cost all of it. */
const LAST_EXPORT_LIMIT_MS = 3_000;

/** Without a collector we keep nothing, and leave to the servers that we call what they keep. */
const OF_NOBODY = 'parentbased_always_on';
/** What spans cost stays small beside what many calls cost (docs/adr/0024). */
const OF_OURS = 'parentbased_ratelimited';

/** By the standard's variables, which are no settings of ours. Throws an UnknownSamplerError. */
export function chooseTraces(
  environment: NodeJS.ProcessEnv,
  { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }: Readonly<Settings>,
): void {
  const name = environment['OTEL_TRACES_SAMPLER'];
  // As the standard has it, an argument belongs to a name that was given.
  if (name === undefined) sampleRoots(rootSampler(endpoint === undefined ? OF_NOBODY : OF_OURS));
  else sampleRoots(rootSampler(name, environment['OTEL_TRACES_SAMPLER_ARG']));
}

/** Spans are kept and sent from now on, where there is a collector. */
export async function startTracing(
  { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }: Readonly<Settings>,
  about: Omit<SpanExportOptions, 'endpoint'>,
): Promise<SpanExport | undefined> {
  if (endpoint === undefined) return undefined;
  const spans = await startSpanExport({ ...about, endpoint });
  tracer.open(spans);
  return spans;
}

/** Last of all, so that the spans of the end itself are sent, too. */
export async function stopTracing(spans: SpanExport | undefined): Promise<void> {
  tracer.close();
  await spans?.stop(LAST_EXPORT_LIMIT_MS);
}

/** Each command as a part of the request that gave it. Nobody who gives one need know. */
export function traceCommands(app: INestApplicationContext): void {
  if (!tracer.isOn) return;
  const bus = app.get(CommandBus, { strict: false });
  const execute: (command: ICommand) => Promise<unknown> = bus.execute.bind(bus);
  const traced = (command: ICommand): Promise<unknown> =>
    tracer.within({ name: `command ${command.constructor.name}` }, () => execute(command));
  Object.assign(bus, { execute: traced });
}
