import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { AgentSigning } from './agent-signing';
import { AgentWork } from './domain/agent-work';
import { HeardAgents } from './presence/heard-agents';
import { PaceKeeper } from './presence/pace-keeper';
import { PresenceRows } from './presence/presence-rows';
import { AgentDirectory } from './registry/agent-directory';
import { AgentRows } from './registry/agent-rows';
import { AgentRoster } from './roster/agent-roster';

/** Who there is and whether they are there: for everybody who gives agents something to do. */
@Module({
  providers: [PresenceRows, PaceKeeper, HeardAgents, AgentRows, AgentRoster, AgentDirectory, AgentSigning],
  exports: [PresenceRows, PaceKeeper, HeardAgents, AgentRows, AgentRoster, AgentDirectory, AgentSigning],
})
export class AgentsModule {}

@Module({})
export class AgentsApiModule {
  /** What agents work at is known to a module that knows the agents: only the root knows both. */
  static with(work: { module: Type; adapter: Type<AgentWork> }): DynamicModule {
    return {
      module: AgentsApiModule,
      imports: [CqrsModule, AgentsModule, work.module],
      controllers: [],
      providers: [{ provide: AgentWork, useExisting: work.adapter }],
    };
  }
}

@Module({ imports: [AgentsModule] })
export class AgentsWorkerModule {}
