import { Module } from '@nestjs/common';

/** Events as they happen, for browsers and programs. */
@Module({})
export class RealtimeModule {}
