import { type Command } from 'commander';
import { type Session } from '../session';

/** A key press is not kept waiting by an installation that is away. */
const NAMES_LIMIT_MS = 1_500;

type NamesOf = (session: Session, words: readonly string[]) => Promise<readonly string[]>;

const instances: NamesOf = async (session) => {
  const { instances: found } = await session.api().call<{
    instances: { name: string }[];
  }>('GET', '/api/v1/mcp/instances?limit=200', undefined, { timeoutMs: NAMES_LIMIT_MS });
  return found.map(({ name }) => name);
};
const templates: NamesOf = async (session) => {
  const { templates: found } = await session
    .api()
    .call<{ templates: { name: string }[] }>('GET', '/api/v1/mcp/templates', undefined, {
      timeoutMs: NAMES_LIMIT_MS,
    });
  return found.map(({ name }) => name);
};
const clients: NamesOf = async (session) => {
  const { clients: found } = await session
    .api()
    .call<{ clients: { id: string }[] }>('GET', '/api/v1/mcp/connect/clients', undefined, {
      timeoutMs: NAMES_LIMIT_MS,
    });
  return found.map(({ id }) => id);
};
const toolsOf: NamesOf = async (session, [, server = '']) => {
  const path = `/api/v1/mcp/tools?accept_input=true&server_name=${encodeURIComponent(server)}`;
  const { tools } = await session
    .api()
    .call<{ tools: { name: string }[] }>('GET', path, undefined, { timeoutMs: NAMES_LIMIT_MS });
  return tools.map(({ name }) => name);
};

/** As `--label` takes them. */
const labels: NamesOf = async (session) => {
  const { instances: found } = await session.api().call<{
    instances: { labels: Readonly<Record<string, string>> }[];
  }>('GET', '/api/v1/mcp/instances?limit=200', undefined, { timeoutMs: NAMES_LIMIT_MS });
  return found.flatMap((one) => Object.entries(one.labels).map(([key, value]) => `${key}=${value}`));
};

/** What stands at each place after the name of a command. */
const LIVE: Readonly<Record<string, readonly NamesOf[]>> = {
  start: [instances],
  stop: [instances],
  restart: [instances],
  rm: [instances],
  logs: [instances],
  doctor: [instances],
  tools: [instances],
  call: [instances, toolsOf],
  connect: [clients, instances],
  run: [templates],
};

/** What an option takes, where we know it. */
const VALUES: Readonly<Record<string, NamesOf>> = { '--label': labels };

/** What may come next; the last word is the one that is being typed. */
export async function candidates(
  program: Command,
  session: Session,
  words: readonly string[],
): Promise<readonly string[]> {
  const before = words.slice(0, -1).filter((word) => !word.startsWith('-'));
  const current = words.at(-1) ?? '';
  const valuesOf = VALUES[words.at(-2) ?? ''];
  if (valuesOf !== undefined) return sorted(await quietly(valuesOf, session, before), current);
  const { command, depth } = commandAt(program, before);
  const offered = current.startsWith('-')
    ? [...command.options, ...program.options].map(({ long, short }) => long ?? short ?? '')
    : [...namesOf(command), ...(await live(session, before, depth))];
  return sorted(offered, current);
}

const sorted = (offered: readonly string[], current: string): readonly string[] =>
  [...new Set(offered)].filter((word) => word.startsWith(current)).sort();

function commandAt(program: Command, words: readonly string[]): { command: Command; depth: number } {
  let command = program;
  let depth = 0;
  for (const word of words) {
    const next = command.commands.find((each) => each.name() === word);
    if (next === undefined) break;
    command = next;
    depth += 1;
  }
  return { command, depth };
}

const namesOf = (command: Command): readonly string[] =>
  command.commands.map((each) => each.name()).filter((name) => !name.startsWith('__'));

async function live(session: Session, before: readonly string[], depth: number): Promise<readonly string[]> {
  const names = LIVE[before[0] ?? '']?.[before.length - depth];
  return names === undefined || depth === 0 ? [] : quietly(names, session, before);
}

async function quietly(
  names: NamesOf,
  session: Session,
  before: readonly string[],
): Promise<readonly string[]> {
  try {
    return await names(session, before);
  } catch {
    // Nobody wants an error in the middle of a line that is being typed.
    return [];
  }
}
