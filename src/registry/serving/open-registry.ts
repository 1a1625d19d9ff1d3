import { Injectable, type OnModuleInit, Optional } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { openToPages } from '@app/http';
import { type FastifyInstance } from 'fastify';
import { HealthService } from '../../observability';
import { StoredSettings } from '../../settings';

const PREFIX = '/v0.1/';

/** While the registry is public: lets pages of any origin read it, and says so wherever protections that are off are listed. */
@Injectable()
export class OpenRegistry implements OnModuleInit {
  constructor(
    private readonly settings: StoredSettings,
    private readonly adapter: HttpAdapterHost,
    @Optional() private readonly health?: HealthService,
  ) {}

  onModuleInit(): void {
    openToPages(this.adapter.httpAdapter.getInstance<FastifyInstance>(), PREFIX, () => this.isPublic());
    this.health?.addRelaxation(() =>
      this.isPublic()
        ? 'registry_access is public: everybody may read which servers were published under /v0.1, from any page.'
        : undefined,
    );
  }

  private isPublic(): boolean {
    return this.settings.get('registry_access') === 'public';
  }
}
