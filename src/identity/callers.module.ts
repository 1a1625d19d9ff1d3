import { Module } from '@nestjs/common';
import { AccessModule } from './access/access.module';
import { CallerWatch } from './caller-watch';
import { MeController } from './http/me.controller';
import { IdentityModule } from './identity.module';

/**
 * What callers may do with single things, and the end of what they hold open: for the processes that serve them. A
 * provisioner serves none and may not read what was granted.
 */
@Module({
  imports: [AccessModule, IdentityModule],
  controllers: [MeController],
  providers: [CallerWatch],
})
export class CallersModule {}
