import { type FieldProblem } from '@app/kernel';
import { checkUrlWhenSaved, type EgressPolicy } from '@app/security';
import { type AgentContent, type AgentEndpoints, DEFAULT_MAX_TASKS } from '../domain/agent';
import { AgentInvalidError } from '../domain/agents.errors';
import { type AgentContentDto } from './agent-content.dto';

const DEFAULTS: AgentContent = {
  ...{ type: 'worker', description: '', capabilities: [], endpoints: {}, resources: {}, labels: {} },
  maxTasks: DEFAULT_MAX_TASKS,
};

/** Only what was sent. */
export function sentContent(body: AgentContentDto): Partial<AgentContent> {
  const { type, description, capabilities, endpoints, resources, labels, max_tasks: maxTasks } = body;
  const members = { type, description, endpoints, resources, labels, maxTasks };
  const sent = Object.entries(members).filter(([, value]) => value !== undefined);
  return {
    ...(Object.fromEntries(sent) as Partial<AgentContent>),
    // Said twice it is said once.
    ...(capabilities === undefined ? {} : { capabilities: [...new Set(capabilities)] }),
  };
}

/** What nobody said is as a plain agent is. */
export const wholeContent = (...parts: readonly Partial<AgentContent>[]): AgentContent =>
  Object.assign({}, DEFAULTS, ...parts) as AgentContent;

/** What can be said before anybody connects: what is no address of the web, or one that nobody here may reach. */
export function judgeEndpoints(endpoints: AgentEndpoints | undefined, policy: EgressPolicy): void {
  const errors = Object.entries(endpoints ?? {}).flatMap(([name, url]: [string, string | undefined]) =>
    url === undefined ? [] : faultsOf(url, policy, `/endpoints/${name}`),
  );
  const [first] = errors;
  if (first !== undefined) throw new AgentInvalidError(`${first.pointer}: ${first.detail}`, { errors });
}

function faultsOf(url: string, policy: EgressPolicy, pointer: string): readonly FieldProblem[] {
  const fault = checkUrlWhenSaved(url, policy, pointer);
  if (fault !== undefined) return [fault];
  if (/^https?:/i.test(url)) return [];
  return [{ pointer, code: 'url', detail: 'The URL must begin with https:// or http://.' }];
}
