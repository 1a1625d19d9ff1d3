import { Injectable } from '@nestjs/common';
import { Metrics } from '@app/telemetry';
import { HealthOptions } from './health.options';

/** Which program a scrape comes from. */
@Injectable()
export class BuildInfo {
  constructor(metrics: Metrics, { version, role }: HealthOptions) {
    const labels = ['version', 'role'];
    metrics.gauge('build_info', 'What runs here; always 1.', { labels }).of(version, role).set(1);
  }
}
