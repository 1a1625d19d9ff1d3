import { Module } from '@nestjs/common';
import { AccessModule } from '../identity';
import { AttentionRows } from './attention/attention-rows';
import { OverviewCountRows } from './counts/counts';
import { OverviewController } from './http/overview.controller';
import { Overview } from './overview';
import { MinuteCounter } from './series/minute-counter';
import { MinuteRows } from './series/minute-rows';

@Module({
  imports: [AccessModule],
  controllers: [OverviewController],
  providers: [MinuteRows, OverviewCountRows, AttentionRows, Overview],
})
export class OverviewApiModule {}

@Module({ providers: [MinuteRows, MinuteCounter], exports: [MinuteRows] })
export class OverviewWorkerModule {}
