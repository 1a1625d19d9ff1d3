import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { CliError, EXIT } from '../failures';
import { type Listing } from '../output/formats';
import { column } from '../output/table';
import { type Session } from '../session';

interface ClientBody {
  readonly id: string;
  readonly title: string;
  readonly format: 'json' | 'jsonc' | 'toml' | 'yaml';
  readonly files: Readonly<Record<'macos' | 'linux' | 'windows' | 'project', string | undefined>>;
}
interface Connection {
  readonly client: ClientBody;
  readonly name: string;
  readonly url: string;
  readonly config: string;
  readonly key: 'environment' | 'prompt' | 'paste';
  readonly key_variable?: string;
  readonly command?: string;
  readonly deep_link?: string;
  readonly traps: readonly string[];
}
export interface ConnectOptions {
  readonly print: boolean;
  readonly undo: boolean;
  readonly scope: string;
}

const CLIENTS = '/api/v1/mcp/connect';
/** Beside the file that was changed; one, so that undoing gives back what was there before us. */
const BACKUP = '.quayside-backup';

const LISTING: Listing<ClientBody> = {
  name: ({ id }) => id,
  columns: [
    column('client', ({ id }) => id),
    column('name', ({ title }) => title),
    column('format', ({ format }) => format),
    column('file', ({ files }) => files[platform()] ?? files.project),
  ],
};

export async function connect(
  session: Session,
  client: string | undefined,
  target: string,
  options: ConnectOptions,
): Promise<void> {
  if (client === undefined) {
    const { clients } = await session.api().call<{ clients: ClientBody[] }>('GET', `${CLIENTS}/clients`);
    session.list(clients, LISTING, 'No clients.');
    return;
  }
  const query = new URLSearchParams({ client, target });
  const connection = await session.api().call<Connection>('GET', `${CLIENTS}?${query.toString()}`);
  const file = fileOf(connection, options.scope, session);
  if (options.undo) undo(session, file);
  else if (options.print || file === undefined || connection.client.format !== 'json')
    print(session, connection, file);
  else merge(session, connection, file);
}

function print(session: Session, connection: Connection, file: string | undefined): void {
  const { config, command, deep_link: link, traps, key, key_variable: variable } = connection;
  session.show(connection, () => command ?? config);
  if (command !== undefined) session.say(`Or, in ${file ?? 'its settings'}:\n${config}`);
  else if (file !== undefined) session.say(`Goes into ${file}.`);
  if (key === 'environment' && variable !== undefined) session.say(`It reads the key from ${variable}.`);
  if (link !== undefined) session.say(`Or open: ${link}`);
  for (const trap of traps) session.say(`Note: ${trap}`);
}

/** What is there stays, and the old file lies beside the new one. Twice changes nothing. */
function merge(session: Session, { config, name, key_variable: variable }: Connection, file: string): void {
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '{}';
  const after = `${JSON.stringify(merged(parsed(before, file), JSON.parse(config) as Json), null, 2)}\n`;
  if (after === before) {
    session.say(`${file} has it already.`);
    return;
  }
  mkdirSync(dirname(file), { recursive: true });
  if (existsSync(file) && !existsSync(file + BACKUP)) copyFileSync(file, file + BACKUP);
  const fresh = `${file}.${String(process.pid)}`;
  writeFileSync(fresh, after, { mode: 0o600 });
  renameSync(fresh, file);
  session.say(`Wrote ${name} into ${file}. "--undo" takes it back.`);
  if (variable !== undefined) session.say(`The client reads the key from ${variable}.`);
}

function undo(session: Session, file: string | undefined): void {
  if (file === undefined || !existsSync(file + BACKUP))
    throw new CliError('Nothing was written that could be taken back.', EXIT.notFound);
  copyFileSync(file + BACKUP, file);
  rmSync(file + BACKUP);
  session.say(`${file} is as it was.`);
}

type Json = Readonly<Record<string, unknown>>;

function parsed(text: string, file: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new CliError(
      `${file} is not plain JSON; it is left alone.`,
      EXIT.conflict,
      'add --print and paste it',
    );
  }
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Ours over theirs, member by member. */
export function merged(theirs: Json, ours: Json): Json {
  const both = Object.entries(ours).map(([name, value]) => {
    const known = theirs[name];
    return [name, isObject(known) && isObject(value) ? merged(known, value) : value] as const;
  });
  return { ...theirs, ...Object.fromEntries(both) };
}

function fileOf({ client: { files } }: Connection, scope: string, { env }: Session): string | undefined {
  if (scope === 'project') return files.project === undefined ? undefined : resolve(files.project);
  const path = files[platform()];
  const known = path
    ?.replace(/^~/, homedir())
    .replace(/%APPDATA%/i, env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'));
  return known === undefined ? undefined : resolve(known);
}

const platform = (): 'macos' | 'linux' | 'windows' =>
  process.platform === 'darwin' ? 'macos' : process.platform === 'win32' ? 'windows' : 'linux';
