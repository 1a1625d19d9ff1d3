import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HealthService } from '../observability';
import { SecretProviders } from '../secrets';

/** Whether the operator's provider of secrets answers; there is nothing to say where that is our own store. */
@Injectable()
export class SecretProviderHealthCheck implements OnModuleInit {
  constructor(
    private readonly health: HealthService,
    private readonly providers: SecretProviders,
  ) {}

  /** Never required: servers that run go on without it, and a start that needs it says so. */
  onModuleInit(): void {
    if (this.providers.isOwn('shared')) return;
    this.health.add({
      name: 'secrets',
      requiredFor: 'info',
      check: async () => {
        const found = await this.providers.health();
        return { ok: found?.ok ?? true, detail: found?.detail ?? '', mode: found?.kind ?? 'own' };
      },
    });
  }
}
