import { Module } from '@nestjs/common';
import { HealthService } from './health.service';
import { HealthController } from './http/health.controller';

/** The root provides `HealthOptions`. */
@Module({ controllers: [HealthController], providers: [HealthService], exports: [HealthService] })
export class HealthModule {}
