import { type Command } from 'commander';
import { ApiClient } from './api-client';
import { Home } from './home';
import { LauncherLock } from './running';
import { type CommandContext } from './secrets-commands';

interface Key {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly scopes: readonly string[];
  readonly expires_at: string | null;
  readonly last_used_at: string | null;
  readonly revoked_at: string | null;
}

interface KeyOptions {
  readonly role?: string;
  readonly scopes?: string;
  readonly expires?: string;
}

/** Pages of a list that are shown; more keys than that are a case for the API. */
const PAGES_MAX = 50;

/** `quayside keys …` and `quayside admin-link`: who may come in, asked of the running installation. */
export function addAccessCommands(program: Command, { env, dataDir, act }: CommandContext): void {
  const api = (): ApiClient => runningApi(dataDir(), env);
  program
    .command('admin-link')
    .description('print a link that makes a new administrator, once, within 24 hours')
    .action(act(() => printAdminLink(api())));
  const keys = program.command('keys').description('API keys');
  keys
    .command('list')
    .description('every key, newest first')
    .action(act(() => listKeys(api())));
  keys
    .command('create <name>')
    .description('issue a key; it is printed this once')
    .option('--role <role>', 'what it may be at most', 'developer')
    .option('--scopes <permissions>', 'the only permissions it has, comma-separated')
    .option('--expires <time>', 'when it ends, such as 2027-01-01T00:00:00Z')
    .action(act((name: string, options: KeyOptions) => createKey(api(), name, options)));
  keys
    .command('revoke <id>')
    .description('end a key in every process, within seconds')
    .action(act((id: string) => revokeKey(api(), id)));
}

export function runningApi(dataDir: string, env: NodeJS.ProcessEnv): ApiClient {
  const [url, key] = [env['QUAYSIDE_URL'], env['QUAYSIDE_API_KEY']];
  if (url !== undefined && key !== undefined) return new ApiClient(url, key);
  const home = new Home(dataDir);
  const at = home.state().url;
  if (at === undefined || new LauncherLock(dataDir).holder() === undefined)
    throw new Error(
      `Nothing runs on ${dataDir}. "quayside up" starts it; or set QUAYSIDE_URL and QUAYSIDE_API_KEY.`,
    );
  return new ApiClient(at, env['API_KEY'] ?? home.secrets().secrets.api_key);
}

async function printAdminLink(api: ApiClient): Promise<void> {
  const { url, expires_at } = await api.call<{ url: string; expires_at: string }>(
    'POST',
    '/api/v1/auth/admin-link',
  );
  console.log(`${url}\nWhoever opens it first becomes an administrator. It ends ${expires_at}.`);
}

async function listKeys(api: ApiClient): Promise<void> {
  let cursor: string | null = '';
  for (let page = 0; page < PAGES_MAX && cursor !== null; page += 1) {
    const more = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const answer: { api_keys: readonly Key[]; next_cursor: string | null } = await api.call(
      'GET',
      `/api/v1/api-keys?limit=200${more}`,
    );
    for (const key of answer.api_keys) console.log(lineOf(key));
    cursor = answer.next_cursor;
  }
}

function lineOf({ id, name, role, scopes, ...key }: Key): string {
  const scope = scopes.length === 0 ? role : `${role}: ${scopes.join(' ')}`;
  const end = key.revoked_at === null ? (key.expires_at ?? 'no end') : `revoked ${key.revoked_at}`;
  return `${id}  ${name.padEnd(24)} ${scope.padEnd(24)} ${end}  used ${key.last_used_at ?? 'never'}`;
}

async function createKey(api: ApiClient, name: string, { role, scopes, expires }: KeyOptions): Promise<void> {
  const { secret } = await api.call<{ secret: string }>('POST', '/api/v1/api-keys', {
    ...{ name, role, owner: 'workspace' },
    ...(scopes === undefined ? {} : { scopes: scopes.split(',').map((scope) => scope.trim()) }),
    ...(expires === undefined ? {} : { expires_at: expires }),
  });
  console.log(`${secret}\nIt is shown this once, and stored nowhere.`);
}

async function revokeKey(api: ApiClient, id: string): Promise<void> {
  await api.call('DELETE', `/api/v1/api-keys/${encodeURIComponent(id)}`);
  console.log(`Revoked ${id}.`);
}
