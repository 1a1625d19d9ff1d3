import { Module } from '@nestjs/common';
import { SecretsModule } from '../secrets';
import { SecretKeepers, Surroundings } from './surroundings';
import { LookController } from './look.controller';
import { McpProber } from './probe/mcp-prober';
import { Prober } from './probe/prober';
import { Provisioner } from './provisioner';
import { QuestionsController } from './questions/questions.controller';

/** Needs the platform's parts and `ProvisionerOptions` from the root, which also chooses the transports. */
@Module({
  imports: [SecretsModule],
  controllers: [LookController, QuestionsController],
  providers: [{ provide: Prober, useClass: McpProber }, Surroundings, SecretKeepers, Provisioner],
  exports: [Provisioner],
})
export class ProvisionerModule {}
