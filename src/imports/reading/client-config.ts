import { type EnvironmentVariable } from '@app/contracts';
import { type Found, type FoundServer, isRefused } from '../domain/found-server';
import { readDockerRun } from './docker-run';
import { readPackage, remoteServer } from './package-line';
import { slugOf } from './slug';

type Members = Readonly<Record<string, unknown>>;

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.flatMap((each) => text(each) ?? []) : [];
const pairs = (value: unknown): Record<string, string> =>
  isMembers(value)
    ? Object.fromEntries(
        Object.entries(value).flatMap(([key, each]) =>
          text(each) === undefined ? [] : [[key, text(each) ?? '']],
        ),
      )
    : {};

/** Where clients keep their servers, by the member that holds them: a map by name, or a list of named ones. */
const HOLDERS = [
  'mcpServers',
  'servers',
  'mcp_servers',
  'context_servers',
  'amp.mcpServers',
  'extensions',
] as const;

/** The servers of any client's configuration; undefined when it is none. */
export function entriesOf(
  document: unknown,
): readonly (readonly [name: string, entry: Members])[] | undefined {
  if (!isMembers(document)) return undefined;
  for (const holder of HOLDERS) {
    const entries = namedEntries(document[holder]);
    if (entries !== undefined) return entries;
  }
  if (isMembers(document['mcp'])) return entriesOf(document['mcp']) ?? namedEntries(document['mcp']);
  return isEntry(document) ? [['', document]] : undefined;
}

function namedEntries(held: unknown): readonly (readonly [string, Members])[] | undefined {
  if (Array.isArray(held)) {
    const named = held.filter((each): each is Members => isMembers(each) && isEntry(each));
    return named.length > 0 && named.length === held.length
      ? named.map((each) => [text(each['name']) ?? '', each])
      : undefined;
  }
  if (!isMembers(held)) return undefined;
  const entries = Object.entries(held).filter((each): each is [string, Members] => isMembers(each[1]));
  return entries.some(([, entry]) => isEntry(entry)) ? entries : undefined;
}

const ADDRESSES = ['url', 'serverUrl', 'httpUrl', 'uri', 'endpoint'] as const;
const addressOf = (entry: Members): string | undefined =>
  ADDRESSES.map((key) => text(entry[key])).find((value) => value !== undefined && value !== '');
const commandOf = (entry: Members): readonly string[] => {
  const { command, cmd, args } = entry as { command?: unknown; cmd?: unknown; args?: unknown };
  const program = command ?? cmd;
  return [
    ...(Array.isArray(program) ? texts(program) : [text(program) ?? ''].filter((word) => word !== '')),
    ...texts(args),
  ];
};
const isEntry = (entry: Members): boolean => addressOf(entry) !== undefined || commandOf(entry).length > 0;

export function readEntries(document: unknown): readonly Found[] | undefined {
  const entries = entriesOf(document);
  if (entries === undefined) return undefined;
  const inputs = declaredInputs(document);
  return entries.map(([name, entry]) => readEntry(name, entry, inputs));
}

/** VS Code names secrets under `inputs`, and refers to them as `${input:id}`. */
function declaredInputs(document: unknown): ReadonlySet<string> {
  const inputs = isMembers(document) ? document['inputs'] : undefined;
  return new Set(
    (Array.isArray(inputs) ? inputs : []).flatMap((each) =>
      isMembers(each) && each['password'] === true ? (text(each['id']) ?? []) : [],
    ),
  );
}

export function readEntry(
  name: string,
  entry: Members,
  secretInputs: ReadonlySet<string> = new Set(),
): Found {
  const found = runOf(entry);
  const named = { ...found, name: name === '' ? found.name : slugOf(name) };
  return isRefused(named) ? named : { ...named, ...saidBy(entry, named, secretInputs) };
}

function saidBy(
  entry: Members,
  { run, description, environment: own, warnings }: FoundServer,
  secretInputs: ReadonlySet<string>,
): Partial<FoundServer> {
  const environment = { ...own, ...pairs(environmentOf(entry)) };
  const isOff = entry['disabled'] === true || entry['enabled'] === false;
  return {
    description: description === '' ? (text(entry['description']) ?? '').slice(0, 1_000) : description,
    environment: run.kind === 'remote' ? {} : environment,
    declared: declaredSecrets(environment, secretInputs),
    warnings: isOff ? [...warnings, 'It was switched off in the configuration.'] : warnings,
  };
}

const environmentOf = (entry: Members): unknown => entry['env'] ?? entry['environment'] ?? entry['envs'];

/** A variable whose value is asked for like a password is a secret. */
const declaredSecrets = (
  environment: Readonly<Record<string, string>>,
  secretInputs: ReadonlySet<string>,
): readonly EnvironmentVariable[] =>
  Object.entries(environment).flatMap(([name, value]) => {
    const id = /^\$\{input:([^}]{1,100})\}$/.exec(value)?.[1];
    return id !== undefined && secretInputs.has(id)
      ? [{ name, type: 'string' as const, secret: true, required: true }]
      : [];
  });

function runOf(entry: Members): Found {
  const url = addressOf(entry);
  if (url === undefined) return commandRun(commandOf(entry), pairs(environmentOf(entry)));
  const kind = text(entry['type'] ?? entry['transport']) ?? '';
  const found = remoteServer(url, headersOf(entry), /sse/i.test(kind) ? { transport: 'sse' } : {});
  const variable = text(entry['bearer_token_env_var']);
  if (isRefused(found) || variable === undefined) return found;
  const warning = `Its token was in the variable ${variable.slice(0, 64)}: add it as a header of the instance.`;
  return { ...found, warnings: [warning] };
}

function headersOf(entry: Members): Readonly<Record<string, string>> {
  const { requestOptions } = entry;
  const wrapped = isMembers(requestOptions) ? requestOptions['headers'] : undefined;
  return pairs(entry['headers'] ?? entry['http_headers'] ?? wrapped);
}

const RUNNERS: Readonly<
  Record<string, (args: readonly string[], known: Readonly<Record<string, string>>) => Found>
> = {
  docker: readDockerRun,
  podman: readDockerRun,
  npx: (args) => readPackage('npx', args),
  bunx: (args) => readPackage('npx', args),
  pnpx: (args) => readPackage('npx', args),
  uvx: (args) => readPackage('uvx', args),
};

/** A command line as a client would start it. Only what can become a container, a bundled server or an address is taken. */
export function commandRun(words: readonly string[], known: Readonly<Record<string, string>> = {}): Found {
  const [first = '', ...args] = unwrapped(words);
  const program = (first.split(/[/\\]/).at(-1) ?? '').replace(/\.(?:exe|cmd|bat)$/i, '').toLowerCase();
  const runner = Object.hasOwn(RUNNERS, program) ? RUNNERS[program] : undefined;
  if (runner !== undefined) return runner(args, known);
  return {
    name: slugOf(program),
    refusal: `"${program.slice(0, 40)}" would be run as a program of this machine, and none is: give it as an image or an address.`,
  };
}

/** `sudo`, `cmd /c`, `env`, `uv tool run`, `pnpm dlx`, `npm exec`: ways to say the same. */
function unwrapped(words: readonly string[]): readonly string[] {
  const line = words.slice(0, 4).join(' ');
  for (const [pattern, count, instead] of WRAPPERS)
    if (pattern.test(line)) return unwrapped([...instead, ...words.slice(count)]);
  return words;
}

const WRAPPERS: readonly (readonly [RegExp, number, readonly string[]])[] = [
  [/^sudo(?: |$)/, 1, []],
  [/^cmd(?:\.exe)? \/c(?: |$)/i, 2, []],
  [/^uv tool run(?: |$)/, 3, ['uvx']],
  [/^pipx run(?: |$)/, 2, ['uvx']],
  [/^(?:pnpm dlx|npm exec|yarn dlx)(?: |$)/, 2, ['npx']],
];
