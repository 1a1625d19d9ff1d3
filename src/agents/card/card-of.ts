import { type JsonObject } from '@app/kernel';
import { type Agent } from '../domain/agent';

/** Not one of A2A's own bindings: the agent is reached by tasks that are submitted here. */
const BINDING = 'https://github.com/quayside/protocols/tasks-v1';
const JSON_MODE = ['application/json'];

/** A card for an agent that brought none, in the form of A2A 1.0. */
export const cardOf = (agent: Agent, publicUrl: string): JsonObject => ({
  name: agent.name,
  description: agent.description === '' ? `The agent ${agent.name}.` : agent.description,
  version: String(agent.rowVersion),
  supportedInterfaces: [
    { url: `${publicUrl}/api/v1/tasks`, protocolBinding: BINDING, protocolVersion: '1.0' },
  ],
  capabilities: { streaming: false, pushNotifications: false },
  defaultInputModes: JSON_MODE,
  defaultOutputModes: JSON_MODE,
  skills: agent.capabilities.map((capability) => ({
    ...{ id: capability, name: capability, description: `Does ${capability}.`, tags: [capability] },
  })),
  securitySchemes: { bearer: { httpAuthSecurityScheme: { scheme: 'Bearer' } } },
  securityRequirements: [{ schemes: { bearer: { list: [] } } }],
});
