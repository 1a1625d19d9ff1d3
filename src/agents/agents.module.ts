import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { IdentityApiModule } from '../identity';
import { AgentSigning } from './agent-signing';
import { CardImport } from './card/card-import';
import { AgentWork } from './domain/agent-work';
import { AgentLifeController } from './http/agent-life.controller';
import { AgentRegistrations } from './http/agent-registrations';
import { AgentsController } from './http/agents.controller';
import { KeptHeartbeatsController } from './http/kept-heartbeats.controller';
import { HeardAgents } from './presence/heard-agents';
import { HeartbeatRows } from './presence/heartbeat-rows';
import { Heartbeats } from './presence/heartbeats';
import { PaceKeeper } from './presence/pace-keeper';
import { PresenceRows } from './presence/presence-rows';
import { AgentAdmission } from './registry/agent-admission';
import { AgentChanges } from './registry/agent-changes';
import { AgentDirectory } from './registry/agent-directory';
import { AgentJournal } from './registry/agent-journal';
import { AgentReader } from './registry/agent-reader';
import { AgentRegistry } from './registry/agent-registry';
import { AgentRows } from './registry/agent-rows';
import { AgentRoster } from './roster/agent-roster';
import { AgentProber } from './watch/agent-prober';
import { AgentWatch } from './watch/agent-watch';
import { ProbeRows } from './watch/probe-rows';
import { WatchRows } from './watch/watch-rows';

const PRESENCE = [PresenceRows, PaceKeeper, HeardAgents];
const REGISTRY = [AgentRows, AgentDirectory];

/** What agents work at, known to a module that knows the agents: only the root knows both. */
interface WorkSource {
  readonly module: Type;
  readonly adapter: Type<AgentWork>;
}

const workOf = ({ adapter }: WorkSource) => ({ provide: AgentWork, useExisting: adapter });

/** Who there is and whether they are there: for everybody who gives agents something to do. */
@Module({
  providers: [...PRESENCE, ...REGISTRY, AgentRoster, AgentSigning],
  exports: [...PRESENCE, ...REGISTRY, AgentRoster, AgentSigning],
})
export class AgentsModule {}

@Module({})
export class AgentsApiModule {
  static with(work: WorkSource): DynamicModule {
    return {
      module: AgentsApiModule,
      imports: [AgentsModule, IdentityApiModule, work.module],
      controllers: [AgentsController, AgentLifeController, KeptHeartbeatsController],
      providers: [
        ...[AgentAdmission, AgentRegistry, AgentRegistrations, AgentChanges, AgentJournal, AgentReader],
        ...[CardImport, Heartbeats, HeartbeatRows, workOf(work)],
      ],
    };
  }
}

/** Notices who is gone, and asks those who only answer. */
@Module({})
export class AgentsWorkerModule {
  static with(work: WorkSource): DynamicModule {
    return {
      module: AgentsWorkerModule,
      imports: [AgentsModule, work.module],
      providers: [WatchRows, AgentWatch, ProbeRows, AgentProber, workOf(work)],
    };
  }
}
