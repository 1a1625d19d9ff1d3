import { Module } from '@nestjs/common';
import { BuildInfo } from './build-info';
import { MetricsController } from './http/metrics.controller';

/** The root provides `Metrics` and `HealthOptions`; it leaves this module out where metrics are switched off. */
@Module({ controllers: [MetricsController], providers: [BuildInfo] })
export class MetricsModule {}
