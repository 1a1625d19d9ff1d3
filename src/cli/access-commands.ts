import { type Command } from 'commander';
import { type ApiClient } from './api-client';
import { type Listing } from './output/formats';
import { ageOf, column } from './output/table';
import { type CommandContext } from './command-context';
import { type Session } from './session';

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

/** `quayside keys …` and `quayside admin-link`: who may come in, asked of the running installation. */
export function addAccessCommands(program: Command, { session, act }: CommandContext): void {
  const api = (): ApiClient => session.api();
  program
    .command('admin-link')
    .description('print a link that makes a new administrator, once, within 30 minutes')
    .action(act(() => printAdminLink(session)));
  const keys = program.command('keys').description('API keys');
  keys
    .command('list')
    .description('every key, newest first')
    .action(act(() => listKeys(session)));
  keys
    .command('create <name>')
    .description('issue a key; it is printed this once')
    .option('--role <role>', 'what it may be at most', 'developer')
    .option('--scopes <permissions>', 'the only permissions it has, comma-separated')
    .option('--expires <time>', 'when it ends, such as 2027-01-01T00:00:00Z')
    .action(act((name: string, options: KeyOptions) => createKey(session, name, options)));
  keys
    .command('revoke <id>')
    .description('end a key in every process, within seconds')
    .action(act((id: string) => revokeKey(api(), id)));
}

async function printAdminLink(session: Session): Promise<void> {
  const answer = await session
    .api()
    .call<{ url: string; expires_at: string }>('POST', '/api/v1/auth/admin-link');
  const { url, expires_at: end } = answer;
  session.show(answer, () => `${url}\nWhoever opens it first becomes an administrator. It ends ${end}.`);
}

const LISTING: Listing<Key> = {
  name: ({ id }) => id,
  columns: [
    column('id', ({ id }) => id),
    column('name', ({ name }) => name),
    column('role', ({ role }) => role),
    column('used', ({ last_used_at: at }) => ageOf(at, Date.now())),
    column('ends', ({ revoked_at: revoked, expires_at: end }) =>
      revoked === null ? (end ?? 'never') : `revoked ${revoked}`,
    ),
    column('scopes', ({ scopes }) => scopes.join(' ')),
  ],
};

async function listKeys(session: Session): Promise<void> {
  session.list(await session.all<Key>('/api/v1/api-keys', 'api_keys'), LISTING, 'No keys.');
}

async function createKey(
  session: Session,
  name: string,
  { role, scopes, expires }: KeyOptions,
): Promise<void> {
  const made = await session.api().call<{ secret: string }>('POST', '/api/v1/api-keys', {
    ...{ name, role, owner: 'workspace' },
    ...(scopes === undefined ? {} : { scopes: scopes.split(',').map((scope) => scope.trim()) }),
    ...(expires === undefined ? {} : { expires_at: expires }),
  });
  session.show(made, () => made.secret);
  session.say('It is shown this once, and stored nowhere.');
}

async function revokeKey(api: ApiClient, id: string): Promise<void> {
  await api.call('DELETE', `/api/v1/api-keys/${encodeURIComponent(id)}`);
  console.log(`Revoked ${id}.`);
}
