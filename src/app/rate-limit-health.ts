import { Injectable, type OnModuleInit } from '@nestjs/common';
import { RateLimiter } from '../limits';
import { HealthService } from '../observability';

/** Says where requests are counted: each process by itself, or all together. */
@Injectable()
export class RateLimitHealthCheck implements OnModuleInit {
  constructor(
    private readonly rates: RateLimiter,
    private readonly health: HealthService,
  ) {}

  onModuleInit(): void {
    this.health.add({
      name: 'rate_limits',
      requiredFor: 'info',
      check: () => Promise.resolve(this.rates.shared.state),
    });
  }
}
