export { type InstanceOutcome, QuaysideClient } from './client';
export {
  ConflictError,
  ConnectionError,
  type FieldFault,
  InvalidError,
  LimitedError,
  NotAllowedError,
  NotFoundError,
  type Problem,
  ProblemError,
  QuaysideError,
  StaleError,
  TimeoutError,
  UnavailableError,
} from './errors';
export { EventGapError, type EventOptions, type QuaysideEvent } from './events';
export { forgetSharedClient, sharedClient } from './shared';
export { type ClientOptions, type Sending } from './transport';
export { type Answer, type Answered, type ApiPath, type Body, type Init, type MethodOf } from './types';
