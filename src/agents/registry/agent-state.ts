import { type Agent } from '../domain/agent';

/** What the trail keeps of an agent when somebody changes it. */
export const stateOf = (agent: Agent): object => ({
  ...{ name: agent.name, type: agent.type, description: agent.description, owner: agent.owner },
  ...{ capabilities: agent.capabilities, endpoints: agent.endpoints, resources: agent.resources },
  ...{ labels: agent.labels, maxTasks: agent.maxTasks, drainedBy: agent.drainedBy },
});
