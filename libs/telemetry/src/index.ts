export { createLogger, parseLogLevel, type Logger, type LoggerOptions, type LogLevel } from './logger';
export { NestLogger } from './nest-logger';
export {
  actorOf,
  idOfRequest,
  requestContext,
  systemScope,
  type Principal,
  type RequestScope,
} from './request-context';
export { Scrubber } from './scrubber';
export { childTraceparent, isTraceparent, newTraceparent, traceIdOf } from './traceparent';
