export { QuotaExceededError, QuotaUnavailableError, RateLimitedError } from './domain/limits.errors';
export { type HeldAmounts } from './domain/quota-resource';
export { type RateClass } from './domain/rate-class';
export { RateLimitGuard } from './http/rate-limit.guard';
export {
  CallBudgetModule,
  LimitsApiModule,
  LimitsWorkerModule,
  QuotasModule,
  RateLimitsModule,
} from './limits.module';
export { LimitsOptions } from './limits.options';
export { CallBudget } from './quotas/call-budget';
export { ownerOf, type QuotaOwner } from './quotas/quota-owner';
export { Quotas } from './quotas/quotas';
export { LoginLimits, type LoginTry } from './rates/login-limits';
export { type RateCaller, type RateVerdict } from './rates/rate-ask';
export { RateLimiter, refusalOf } from './rates/rate-limiter';
