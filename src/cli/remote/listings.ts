import { type Listing } from '../output/formats';
import { ageOf, column } from '../output/table';
import { type Session } from '../session';

interface AgentBody {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly status: string;
  readonly capabilities: readonly string[];
  readonly current_load: number;
  readonly running_tasks: number;
  readonly last_heartbeat: string | null;
}
interface ServerBody {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly status: string;
  readonly description: string;
}

const AGENTS: Listing<AgentBody> = {
  name: ({ name }) => name,
  columns: [
    column('name', ({ name }) => name),
    column('type', ({ type }) => type),
    column('status', ({ status }) => status),
    column('load', ({ current_load: load }) => `${String(Math.round(load * 100))}%`),
    column('tasks', ({ running_tasks: count }) => count),
    column('heard', ({ last_heartbeat: at }) => ageOf(at, Date.now())),
    column('capabilities', ({ capabilities }) => capabilities.join(' ')),
  ],
};
const SERVERS: Listing<ServerBody> = {
  name: ({ name }) => name,
  columns: [
    column('name', ({ name }) => name),
    column('version', ({ version }) => version),
    column('status', ({ status }) => status),
    column('description', ({ description }) => description),
  ],
};

export async function listAgents(session: Session): Promise<void> {
  session.list(await session.all<AgentBody>('/api/v1/agents', 'agents'), AGENTS, 'No agents.');
}

export async function listServers(session: Session): Promise<void> {
  session.list(await session.all<ServerBody>('/api/v1/mcp/servers', 'servers'), SERVERS, 'No servers.');
}

/** Any operation of the API, for what has no command of its own. */
export async function rawCall(
  session: Session,
  [method, path]: readonly [string, string],
  body: string | undefined,
): Promise<void> {
  const text = body === '-' ? await session.terminal.input() : body;
  const full = path.startsWith('/') ? path : `/api/v1/${path}`;
  const sent = text === undefined ? undefined : (JSON.parse(text) as unknown);
  const answer = await session.api().call<unknown>(method.toUpperCase(), full, sent);
  if (answer !== undefined) session.show(answer, () => JSON.stringify(answer, null, 2));
}
