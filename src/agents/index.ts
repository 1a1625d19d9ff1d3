export { AgentsApiModule, AgentsModule, AgentsWorkerModule } from './agents.module';
export { AgentsOptions } from './agents.options';
export { AgentWork } from './domain/agent-work';
