import { type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import { type Logger } from '../logger';
import { type Metrics } from '../metrics/metrics';
import { type Scrubber } from '../scrubber';
import { CollectedSpans, RefusedError } from './collected-spans';
import { readableSpans } from './readable-spans';
import { type SpanSink } from './span';

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
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
  const url = endpoint.replace(/\/+$/, '') + PATH;
  const exporter = new OTLPTraceExporter({ url, ...(timeoutMillis === undefined ? {} : { timeoutMillis }) });
  const instrumentationScope = { name: SERVICE, version };
  const resource = await resourceOf(options);
  const numbers = await import('@opentelemetry/api');
  const readable = readableSpans({ resource, instrumentationScope, scrubber, numbers });
  return new CollectedSpans({ metrics, log, send: (spans) => send(exporter, readable(spans)) });
}

async function resourceOf({
  role,
  version,
  installationId,
}: SpanExportOptions): Promise<ReadableSpan['resource']> {
  const { detectResources, envDetector, resourceFromAttributes } = await import('@opentelemetry/resources');
  const own = resourceFromAttributes({
    ...{ 'service.name': SERVICE, 'service.version': version, 'service.namespace': installationId },
    ...{ 'service.instance.id': `${role}-${String(process.pid)}`, 'quayside.role': role },
  });
  // What the operator says with OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES counts for more than what we say.
  return own.merge(detectResources({ detectors: [envDetector] }));
}

const send = (exporter: SpanExporter, spans: ReadableSpan[]): Promise<void> =>
  new Promise((resolve, reject) => {
    exporter.export(spans, ({ error }) => {
      if (error === undefined) resolve();
      // A status that says try again comes without a code; one that refuses comes with it.
      else if ('code' in error && typeof error.code === 'number')
        reject(new RefusedError(`status ${String(error.code)}`));
      else reject(error);
    });
  });
