import { readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';

/** The setting cannot be used; the words name no part of it, as it may hold a credential. */
export class InvalidSecretProviderError extends Error {
  override readonly name = 'InvalidSecretProviderError';
  constructor(words: string) {
    super(`SECRET_PROVIDER ${words}`);
  }
}

export interface RemoteSetting {
  /** Scheme, host and port; nothing secret. */
  readonly origin: string;
  readonly host: string;
  readonly ca: string | undefined;
}

export interface VaultSetting extends RemoteSetting {
  readonly kind: 'vault';
  readonly credential:
    | { readonly kind: 'token'; readonly token: string }
    | {
        readonly kind: 'approle';
        readonly mount: string;
        readonly roleId: string;
        readonly secretId: string;
      };
  readonly namespace: string | undefined;
  readonly mount: string;
  /** Below the mount, above the scopes; may be empty. */
  readonly base: readonly string[];
}

export interface InfisicalSetting extends RemoteSetting {
  readonly kind: 'infisical';
  readonly clientId: string;
  readonly clientSecret: string;
  readonly projectId: string;
  readonly environment: string;
  readonly base: readonly string[];
}

export type ProviderSetting =
  | { readonly kind: 'own' }
  | { readonly kind: 'files'; readonly folder: string }
  | VaultSetting
  | InfisicalSetting;

const REMOTE = /^(vault|infisical)\+(https?:\/\/.+)$/;
const FILES = 'file:';
const KNOWN_OPTIONS: Readonly<Record<'vault' | 'infisical', ReadonlySet<string>>> = {
  vault: new Set(['namespace', 'approle_mount', 'ca']),
  infisical: new Set(['ca']),
};
/** The user name that says that the password is a token and no secret of a role. */
const TOKEN_USER = 'token';

export function parseProviderSetting(text: string): ProviderSetting {
  if (text === 'own') return { kind: 'own' };
  if (text.startsWith(FILES)) return filesSetting(text.slice(FILES.length));
  const [, kind, address] = REMOTE.exec(text) ?? [];
  if ((kind !== 'vault' && kind !== 'infisical') || address === undefined || !URL.canParse(address))
    throw new InvalidSecretProviderError(
      'must be "own", "file:/folder", or an address that begins with "vault+https://" or "infisical+https://".',
    );
  const url = new URL(address);
  refuseUnknownOptions(kind, url);
  return kind === 'vault' ? vaultSetting(url) : infisicalSetting(url);
}

function refuseUnknownOptions(kind: 'vault' | 'infisical', { searchParams }: URL): void {
  for (const name of searchParams.keys())
    if (!KNOWN_OPTIONS[kind].has(name))
      throw new InvalidSecretProviderError(`has an option that ${kind} does not know: "${name}".`);
}

function filesSetting(path: string): ProviderSetting {
  const folder = path.startsWith('//') ? path.slice(2) : path;
  if (!isAbsolute(folder)) throw new InvalidSecretProviderError('must name a folder by its whole path.');
  return { kind: 'files', folder };
}

function vaultSetting(url: URL): VaultSetting {
  const [mount, ...base] = segments(url);
  if (mount === undefined)
    throw new InvalidSecretProviderError('must name the mount of the KV engine: vault+https://…/<mount>.');
  const { user, password } = credentials(url);
  const roleMount = url.searchParams.get('approle_mount') ?? 'approle';
  return {
    ...remote(url),
    kind: 'vault',
    mount,
    base,
    namespace: url.searchParams.get('namespace') ?? undefined,
    credential:
      user === TOKEN_USER
        ? { kind: 'token', token: password }
        : { kind: 'approle', mount: roleMount, roleId: user, secretId: password },
  };
}

function infisicalSetting(url: URL): InfisicalSetting {
  const [projectId, environment, ...base] = segments(url);
  if (projectId === undefined || environment === undefined)
    throw new InvalidSecretProviderError(
      'must name project and environment: infisical+https://…/<project id>/<environment>.',
    );
  const { user, password } = credentials(url);
  return {
    ...remote(url),
    ...{ kind: 'infisical', projectId, environment, base },
    ...{ clientId: user, clientSecret: password },
  };
}

function remote(url: URL): RemoteSetting {
  // A token in the clear is everybody's on the way; on this machine there is no way.
  if (url.protocol === 'http:' && !['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname))
    throw new InvalidSecretProviderError('must be reached by https.');
  const path = url.searchParams.get('ca');
  return { origin: url.origin, host: url.host, ca: path === null ? undefined : certificates(path) };
}

function certificates(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new InvalidSecretProviderError('names a file of certificates (ca=…) that cannot be read.');
  }
}

function credentials(url: URL): { user: string; password: string } {
  const [user, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  if (user === '' || password === '')
    throw new InvalidSecretProviderError('must hold a credential: …://<user>:<secret>@host/….');
  return { user, password };
}

const segments = (url: URL): string[] =>
  url.pathname
    .split('/')
    .filter((segment) => segment !== '')
    .map(decodeURIComponent);

/** What must not be seen in any output. */
export function secretsOfSetting(text: string): readonly string[] {
  const address = REMOTE.exec(text)?.[2];
  if (address === undefined || !URL.canParse(address)) return [];
  const { password } = new URL(address);
  return password === '' ? [] : [password, decodeURIComponent(password)];
}
