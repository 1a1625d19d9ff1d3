export { Backoff, type BackoffOptions } from './backoff';
export { Bulkhead } from './bulkhead';
export { type BreakerState, CircuitBreaker, type CircuitBreakerOptions } from './circuit-breaker';
export { BulkheadFullError, CircuitOpenError, TimeoutError } from './errors';
export { retry, type RetryOptions } from './retry';
export { Semaphore } from './semaphore';
export { SingleFlight } from './single-flight';
export { pause, type TimeoutOptions, withTimeout } from './timeout';
export { WriteBehind, type WriteBehindOptions } from './write-behind';
