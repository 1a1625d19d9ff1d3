import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { type ApiClient } from './api-client';
import { type Home } from './home';
import { type Session } from './session';
import { changeKeyFile, newEntry, type KeyringChange, withKey, withoutKey, withPrimary } from './key-file';

const SECRETS = '/api/v1/secrets';
const ROTATION_LIMIT_MS = 60 * 60_000;
const ROTATION_POLL_MS = 1_000;

interface SecretLine {
  readonly scope: string;
  readonly name: string;
  readonly version: number;
  readonly used_by: readonly string[];
}
interface Keyring {
  readonly primary: string;
  readonly keys: readonly {
    readonly kid: string;
    readonly versions: number;
    readonly removable: boolean;
    readonly reason: string;
  }[];
  readonly rotation: {
    readonly operation_id: string;
    readonly status: string;
    readonly rewrapped: number;
    readonly failed: number;
  } | null;
}

const pathOf = (scope: string, name: string): string =>
  `${SECRETS}/${encodeURIComponent(scope)}/${encodeURIComponent(name)}`;

/** `quayside secrets list`: names and use. As a table it is the same for people and for `cut`. */
export async function listSecrets(session: Session, scope: string | undefined): Promise<void> {
  const rows = await session.all<SecretLine>(SECRETS, 'secrets', scope === undefined ? {} : { scope });
  if (session.format !== 'table') {
    session.list(rows, { name: nameOf, columns: [] }, '');
    return;
  }
  for (const row of rows)
    session.terminal.out([nameOf(row), `version ${String(row.version)}`, row.used_by.join(' ')].join('\t'));
}

const nameOf = ({ scope, name }: SecretLine): string => `${scope}:${name}`;

export interface ValueSource {
  readonly fromEnv?: string;
  readonly fromFile?: string;
}

/** `quayside secrets set`: the value is never an argument, where every user of the machine could read it. */
export async function setSecret(
  session: Session,
  [scope, name]: readonly [string, string],
  source: ValueSource,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const value = valueFrom(source, env);
  if (value === '') throw new Error('The value is empty.');
  const stored = await session
    .api()
    .call<{ ref: string; version: number }>('PUT', pathOf(scope, name), { value });
  session.show(stored, () => `${stored.ref}\tversion ${String(stored.version)}`);
}

function valueFrom({ fromEnv, fromFile }: ValueSource, env: NodeJS.ProcessEnv): string {
  if (fromEnv !== undefined) {
    const value = env[fromEnv];
    if (value === undefined) throw new Error(`The environment has no ${fromEnv}.`);
    return value;
  }
  if (fromFile === undefined && process.stdin.isTTY)
    throw new Error('Give the value on standard input, or by --from-env or --from-file.');
  // A line feed at the end comes from `echo` and from editors; a value that needs one has two.
  return readFileSync(fromFile ?? 0, 'utf8').replace(/\r?\n$/, '');
}

/** `quayside secrets rm` */
export async function removeSecret(api: ApiClient, scope: string, name: string): Promise<void> {
  await api.call('DELETE', pathOf(scope, name));
  console.log(`Removed ${scope}:${name}.`);
}

/** `quayside secrets keyring`: which master keys there are, and which may go. As a table it is the same for people and for `cut`. */
export async function showKeyring(session: Session): Promise<void> {
  const { primary, keys } = await session.api().call<Keyring>('GET', `${SECRETS}/keyring`);
  if (session.format !== 'table') {
    const rows = keys.map((key) => ({ ...key, primary: key.kid === primary }));
    session.list(rows, { name: ({ kid }) => kid, columns: [] }, '');
    return;
  }
  for (const { kid, versions, reason } of keys)
    session.terminal.out(
      [kid, kid === primary ? 'primary' : '', `${String(versions)} versions`, reason].join('\t'),
    );
}

/** `quayside secrets rotate-key`: waits until the rotation has ended; asked again, it waits for the same one. */
export async function rotateKey(api: ApiClient, isWaiting: boolean): Promise<void> {
  const { kid, operation_id: id } = await api.call<{ kid: string; operation_id: string }>(
    'POST',
    `${SECRETS}/rotate-key`,
  );
  console.error(`All secrets are being wrapped with ${kid} (operation ${id}).`);
  if (!isWaiting) return;
  const deadline = Date.now() + ROTATION_LIMIT_MS;
  let told = -1;
  while (Date.now() < deadline) {
    const { rotation, keys } = await api.call<Keyring>('GET', `${SECRETS}/keyring`);
    if (rotation === null || rotation.operation_id !== id)
      throw new Error('Another rotation took its place.');
    if (rotation.rewrapped !== told) console.error(`  ${String(rotation.rewrapped)} data keys re-wrapped`);
    told = rotation.rewrapped;
    if (rotation.status === 'succeeded') {
      const old = keys.filter(({ removable }) => removable).map((key) => key.kid);
      console.log(old.length === 0 ? 'Done.' : `Done. No longer needed: ${old.join(', ')}.`);
      return;
    }
    if (rotation.status === 'failed')
      throw new Error(
        `${String(rotation.failed)} versions could not be opened. The server's log names them.`,
      );
    if (rotation.status === 'cancelled') throw new Error('The rotation was cancelled.');
    await delay(ROTATION_POLL_MS);
  }
  throw new Error('The rotation takes longer than an hour; it goes on. Run this again to wait for it.');
}

/** Where the master key of this installation is written: a file, or the folder that the launcher keeps. */
export interface KeyPlace {
  readonly file: string | undefined;
  readonly home: Home;
}

export function keyPlace(home: Home, file: string | undefined, env: NodeJS.ProcessEnv): KeyPlace {
  const named = file ?? env['MASTER_KEY_FILE'];
  if (named === undefined && env['MASTER_KEY'] !== undefined)
    throw new Error(
      'The master key comes from MASTER_KEY, which this command cannot change. Put it into a file, set MASTER_KEY_FILE, and name the file with --file.',
    );
  return { file: named, home };
}

function change({ file, home }: KeyPlace, how: KeyringChange): void {
  if (file === undefined) home.changeMasterKey(how);
  else changeKeyFile(file, how);
}

/** `quayside secrets new-key` */
export function newKey(place: KeyPlace, isBehind: boolean): void {
  const { kid, entry } = newEntry(new Date());
  change(place, withKey(entry, isBehind ? 'last' : 'first'));
  console.log(kid);
  console.error(
    isBehind
      ? `Added. Start every process again, then "quayside secrets use-key ${kid}".`
      : 'Added as the primary key. Start the server again, then "quayside secrets rotate-key".',
  );
}

/** `quayside secrets use-key` */
export function makeKeyPrimary(place: KeyPlace, kid: string): void {
  change(place, withPrimary(kid));
  console.error(`${kid} is the primary key. Start the server again, then "quayside secrets rotate-key".`);
}

/** `quayside secrets drop-key`: only what the server says is needed no more. */
export async function dropKey(api: ApiClient, place: KeyPlace, kid: string): Promise<void> {
  const { keys } = await api.call<Keyring>('GET', `${SECRETS}/keyring`);
  const found = keys.find((key) => key.kid === kid);
  if (found === undefined) throw new Error(`The server knows no key named ${kid}.`);
  if (!found.removable) throw new Error(`${kid} is still needed. ${found.reason}`);
  change(place, withoutKey(kid));
  console.error(`Removed ${kid}. Start the server again.`);
}
