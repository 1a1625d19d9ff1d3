import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Made once at the first start, mode 0600, never printed but for the admin key, never changed by us. */
export interface HomeSecrets {
  readonly master_key: string;
  readonly jwt_secret: string;
  readonly api_key: string;
}

/** What runs now and what was done before; for `status`, `down` and the next start. */
export interface HomeState {
  readonly launcher_pid?: number;
  readonly server_pid?: number;
  readonly url?: string;
  readonly database?: string;
  readonly started_at?: string;
  /** Set when the demo has worked once; the instance is the user's from then on. */
  readonly demo_shown?: boolean;
  readonly key_shown?: boolean;
}

const EXAMPLE_AGENT_TOKEN = 'example-agent.token';

/** Root has no home of its own on a server: its data lies where an operator looks for it. */
export function defaultDataDir(): string {
  return process.getuid?.() === 0 ? '/var/lib/quayside' : join(homedir(), '.quayside');
}

/** The one folder that holds all data of an installation. */
export class Home {
  readonly dir: string;

  constructor(dir: string) {
    this.dir = resolve(dir);
  }

  /** Throws when the folder cannot be made or written. */
  prepare(): void {
    mkdirSync(join(this.dir, 'logs'), { recursive: true });
    // The database may run as another user and has to pass through; listing the folder is not needed for that.
    chmodSync(this.dir, 0o711);
    chmodSync(join(this.dir, 'logs'), 0o700);
  }

  get logFile(): string {
    return join(this.dir, 'logs', 'quayside.log');
  }

  /** Made at the first call of the first start; a file that is there but unreadable is an error, never replaced. */
  secrets(): { secrets: HomeSecrets; created: boolean } {
    const path = join(this.dir, 'secrets.json');
    if (existsSync(path)) return { secrets: parseSecrets(readFileSync(path, 'utf8'), path), created: false };
    const secrets: HomeSecrets = {
      master_key: randomBytes(32).toString('base64'),
      jwt_secret: randomBytes(36).toString('base64url'),
      api_key: `qsadmin_${randomBytes(32).toString('base64url')}`,
    };
    this.writeFile('secrets.json', JSON.stringify(secrets, null, 2));
    return { secrets, created: true };
  }

  /** Those that are there; undefined before the first start. */
  storedSecrets(): HomeSecrets | undefined {
    return existsSync(join(this.dir, 'secrets.json')) ? this.secrets().secrets : undefined;
  }

  /** With those of a backup, whose secrets no other key opens. */
  replaceSecrets(secrets: HomeSecrets): void {
    this.writeFile('secrets.json', JSON.stringify(secrets, null, 2));
  }

  /** For a server that starts after it; the one that runs keeps the keys it has. */
  changeMasterKey(change: (text: string) => string): void {
    if (!existsSync(join(this.dir, 'secrets.json')))
      throw new Error(`There is no installation in ${this.dir}.`);
    const { secrets } = this.secrets();
    const changed = { ...secrets, master_key: change(secrets.master_key) };
    this.writeFile('secrets.json', JSON.stringify(changed, null, 2));
  }

  /** What the example agent got when it was registered first. */
  agentToken(): string | undefined {
    const path = join(this.dir, EXAMPLE_AGENT_TOKEN);
    return existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined;
  }

  keepAgentToken(token: string): void {
    this.writeFile(EXAMPLE_AGENT_TOKEN, token);
  }

  state(): HomeState {
    const path = join(this.dir, 'state.json');
    if (!existsSync(path)) return {};
    try {
      return JSON.parse(readFileSync(path, 'utf8')) as HomeState;
    } catch {
      // A power cut may leave an empty file; nothing in it is needed to start.
      return {};
    }
  }

  remember(change: HomeState): void {
    this.writeFile('state.json', JSON.stringify({ ...this.state(), ...change }, null, 2));
  }

  forgetRunning(): void {
    const { demo_shown, key_shown } = this.state();
    const kept = { ...(demo_shown && { demo_shown }), ...(key_shown && { key_shown }) };
    this.writeFile('state.json', JSON.stringify(kept, null, 2));
  }

  /** Everything in the folder: database, secrets, logs. */
  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** Written beside and renamed: a crash leaves the old file or the new one, never half of one. */
  private writeFile(name: string, text: string): void {
    const path = join(this.dir, name);
    const fresh = `${path}.${String(process.pid)}`;
    writeFileSync(fresh, `${text}\n`, { mode: 0o600 });
    renameSync(fresh, path);
  }
}

function parseSecrets(text: string, path: string): HomeSecrets {
  try {
    const { master_key, jwt_secret, api_key } = JSON.parse(text) as Partial<HomeSecrets>;
    if (master_key && jwt_secret && api_key) return { master_key, jwt_secret, api_key };
  } catch {
    // Falls through to the sentence below: what the parser says would print parts of the file.
  }
  throw new Error(
    `${path} is damaged. Restore it from a backup: without it the stored secrets cannot be read. "quayside reset --yes" starts over.`,
  );
}
