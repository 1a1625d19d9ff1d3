import { Module } from '@nestjs/common';
import { SettingsModule } from '../settings';
import { QuotasController } from './http/quotas.controller';
import { UsageController } from './http/usage.controller';
import { DriftRows } from './persistence/drift-rows';
import { QuotaLimitRows } from './persistence/quota-limit-rows';
import { QuotaRows } from './persistence/quota-rows';
import { UsageRows } from './persistence/usage-rows';
import { CallBudget } from './quotas/call-budget';
import { CallLimits } from './quotas/call-limits';
import { QuotaCheck } from './quotas/quota-check';
import { QuotaKeeper } from './quotas/quota-keeper';
import { Quotas } from './quotas/quotas';
import { Usage } from './quotas/usage';
import { LoginLimits } from './rates/login-limits';
import { RateLimiter } from './rates/rate-limiter';

/** Rate limits of this process. The root may provide `LimitsOptions`; without, processes do not count together. */
@Module({
  imports: [SettingsModule],
  providers: [RateLimiter, LoginLimits],
  exports: [RateLimiter, LoginLimits],
})
export class RateLimitsModule {}

/** For whoever uses up something. */
@Module({ providers: [QuotaRows, Quotas], exports: [QuotaRows, Quotas] })
export class QuotasModule {}

/** For the gateway: tool calls per day. */
@Module({
  imports: [SettingsModule, QuotasModule],
  providers: [CallLimits, CallBudget],
  exports: [CallBudget, CallLimits],
})
export class CallBudgetModule {}

@Module({
  controllers: [QuotasController, UsageController],
  providers: [QuotaLimitRows, QuotaKeeper, Usage, UsageRows],
})
export class LimitsApiModule {}

@Module({ imports: [QuotasModule], providers: [DriftRows, QuotaCheck], exports: [QuotaCheck] })
export class LimitsWorkerModule {}
