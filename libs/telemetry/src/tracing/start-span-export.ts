import { type Logger } from '../logger';
import { type Metrics } from '../metrics/metrics';
import { type Scrubber } from '../scrubber';
import { CollectedSpans, RefusedError } from './collected-spans';
import { OtlpRequest } from './otlp-request';
import { OtlpWords } from './otlp-words';
import { type SpanAttributes, type SpanSink } from './span';
import { type SpanChunk } from './span-chunk';

const PATH = '/v1/traces';
const SERVICE = 'quayside';

export interface SpanExportOptions {
  /** The collector, without a path: spans go to `/v1/traces` below it. */
  readonly endpoint: string;
  /** `service.version`, and what this process does. */
  readonly version: string;
  readonly role: string;
  /** `service.namespace`: which installation. */
  readonly installationId: string;
  readonly scrubber: Scrubber;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** For one batch, tries included; the collector is away where that is not enough. */
  readonly timeoutMs?: number;
}

export interface SpanExport extends SpanSink {
  /** Sends what is left, as far as the limit allows; never rejects. */
  stop(limitMs: number): Promise<void>;
}

/** What speaks to the collector is loaded only where there is one: it is nothing that others should wait for at a start. */
export async function startSpanExport(options: SpanExportOptions): Promise<SpanExport> {
  const { endpoint, metrics, log, scrubber, version, timeoutMs: timeoutMillis } = options;
  const { convertLegacyHttpOptions, createOtlpHttpExportDelegate } =
    await import('@opentelemetry/otlp-exporter-base/node-http');
  const url = endpoint.replace(/\/+$/, '') + PATH;
  const scope = { name: SERVICE, version };
  const request = new OtlpRequest({ scrubber, resource: await resourceOf(options), scope });
  // The library reads headers, compression and certificates from the environment, sends, and tries again.
  const carrier = createOtlpHttpExportDelegate<SpanChunk, unknown>(
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- the library's own exporter has no other way, either
    convertLegacyHttpOptions(
      { url, ...(timeoutMillis === undefined ? {} : { timeoutMillis }) },
      'TRACES',
      PATH.slice(1),
      { 'Content-Type': 'application/x-protobuf' },
    ),
    request,
    ...NO_METRICS_OF_ITS_OWN,
  );
  const { headBytes } = request;
  const words = new OtlpWords(scrubber);
  return new CollectedSpans({ metrics, log, words, headBytes, send: (chunk) => send(carrier, chunk) });
}

/** Ours count what was sent and what was dropped. */
const NO_METRICS_OF_ITS_OWN = [
  'otlp_http_span_exporter',
  { name: 'span' as const, countItems: ({ count }: SpanChunk) => count },
  undefined,
] as const;

async function resourceOf({ role, version, installationId }: SpanExportOptions): Promise<SpanAttributes> {
  const { detectResources, envDetector, resourceFromAttributes } = await import('@opentelemetry/resources');
  const own = resourceFromAttributes({
    ...{ 'service.name': SERVICE, 'service.version': version, 'service.namespace': installationId },
    ...{ 'service.instance.id': `${role}-${String(process.pid)}`, 'quayside.role': role },
  });
  // What the operator says with OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES counts for more than what we say.
  return own.merge(detectResources({ detectors: [envDetector] })).attributes as SpanAttributes;
}

interface Carrier {
  export(chunk: SpanChunk, done: (result: { readonly error?: Error }) => void): void;
}

const send = (carrier: Carrier, chunk: SpanChunk): Promise<void> =>
  new Promise((resolve, reject) => {
    carrier.export(chunk, ({ error }) => {
      if (error === undefined) resolve();
      // A status that says try again comes without a code; one that refuses comes with it.
      else if ('code' in error && typeof error.code === 'number')
        reject(new RefusedError(`status ${String(error.code)}`));
      else reject(error);
    });
  });
