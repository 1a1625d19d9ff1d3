import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { CliError, EXIT } from '../failures';
import { type Listing } from '../output/formats';
import { column } from '../output/table';
import { type Session } from '../session';
import { mergeText, NotMergeableError, type SettingsFormat } from './settings/merge-text';
import { readSettings, undoSettings, writeSettings } from './settings/settings-file';

interface ClientBody {
  readonly id: string;
  readonly title: string;
  /** A line for a shell goes into no file. */
  readonly format: SettingsFormat | 'shell';
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
  const { format } = connection.client;
  const file = fileOf(connection, options.scope, session);
  if (options.undo) undo(session, file);
  else if (options.print || file === undefined || format === 'shell') print(session, connection, file);
  else merge(session, connection, { file, format });
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

interface Settings {
  readonly file: string;
  readonly format: SettingsFormat;
}

/** What is there stays, and the old file lies beside the new one. Twice changes nothing. */
function merge(session: Session, connection: Connection, { file, format }: Settings): void {
  const { config, name, key_variable: variable } = connection;
  const before = readSettings(file);
  const after = mergedOr(file, () => mergeText(format, before, config));
  if (after === before) {
    session.say(`${file} has it already.`);
    return;
  }
  writeSettings(file, after);
  session.say(`Wrote ${name} into ${file}. "--undo" takes it back.`);
  if (variable !== undefined) session.say(`The client reads the key from ${variable}.`);
}

function undo(session: Session, file: string | undefined): void {
  if (file === undefined || !undoSettings(file))
    throw new CliError('Nothing was written that could be taken back.', EXIT.notFound);
  session.say(`${file} is as it was.`);
}

function mergedOr(file: string, merging: () => string): string {
  try {
    return merging();
  } catch (error) {
    if (!(error instanceof NotMergeableError)) throw error;
    const words = `${file} is left alone: ${error.message}.`;
    throw new CliError(words, EXIT.conflict, 'add --print and paste it');
  }
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
