export { type ErrorLine, ErrorReports, type ErrorReportsOptions, InvalidDsnError } from './error-reports';
export { accessLog } from './access-log';
export { createLogger, parseLogLevel, type Logger, type LoggerOptions, type LogLevel } from './logger';
export { Counter, Gauge, Histogram } from './metrics/cells';
export { type Family } from './metrics/family';
export { KnownValues } from './metrics/known-values';
export { Metrics } from './metrics/metrics';
export {
  MCP_ATTRIBUTE,
  MCP_CLIENT_OPERATION_DURATION,
  MCP_METHODS,
  MCP_OPERATION_BOUNDS_S,
  MCP_OPERATION_LABELS,
  MCP_PROTOCOL_VERSIONS,
  MCP_SERVER_OPERATION_DURATION,
  mcpAttributes,
  type McpOperation,
  mcpSpanName,
} from './mcp-conventions';
export { NestLogger } from './nest-logger';
export {
  actorOf,
  idOfRequest,
  requestContext,
  systemScope,
  type Principal,
  type RequestScope,
} from './request-context';
export { identityOf, principalOfRequest, scopeOf, scopeOfRequest } from './scope';
export { Scrubber } from './scrubber';
export {
  childTraceparent,
  isTraceparent,
  newTraceparent,
  sampleRoots,
  traceIdOf,
  unsampledTraceparent,
} from './traceparent';
export { rootSampler, UnknownSamplerError } from './tracing/root-sampler';
export { type Span, type SpanAttributes, type SpanKind, type SpanSink } from './tracing/span';
export { type SpanExport, type SpanExportOptions, startSpanExport } from './tracing/start-span-export';
export { errorTypeOf, type SpanAbout, tracer } from './tracing/tracer';
