import { Injectable, type OnModuleInit } from '@nestjs/common';
import { StoredSettings } from '../settings';
import { GatewayOptions } from './gateway.options';

const MS_PER_S = 1_000;

/** What can be tuned while the process runs reaches the options that everybody here reads. */
@Injectable()
export class GatewayFollowsSettings implements OnModuleInit {
  constructor(
    private readonly settings: StoredSettings,
    private readonly options: GatewayOptions,
  ) {}

  onModuleInit(): void {
    this.follow();
    this.settings.onChange(() => {
      this.follow();
    });
  }

  private follow(): void {
    this.options.maxStalenessMs = this.settings.get('gateway_max_staleness_s') * MS_PER_S;
  }
}
