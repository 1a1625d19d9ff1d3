import { readFileSync } from 'node:fs';
import { ApiClient } from './api-client';
import { CliError, EXIT, type ExitCode } from './failures';
import { Home } from './home';
import { type Format, formatOf, listed, type Listing, shown } from './output/formats';
import { LauncherLock } from './running';
import { type Terminal } from './terminal';

/** Options of every command. */
export interface GlobalOptions {
  readonly dataDir?: string;
  readonly url?: string;
  readonly key?: string;
  readonly keyFile?: string;
  readonly as?: string;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** What a list is asked for, by the names of parameters; some may stand there several times. */
type ListFilter = Readonly<Record<string, string | readonly string[]>>;

const PAGE = 200;
/** More than any list of a terminal is read; whoever wants more uses the API. */
const PAGES_MAX = 100;

/** One call of the command: which installation it speaks to, and how it answers. */
export class Session {
  exitCode: ExitCode = EXIT.ok;

  constructor(
    readonly terminal: Terminal,
    readonly env: NodeJS.ProcessEnv,
    private readonly options: () => GlobalOptions,
    readonly dataDir: () => string,
  ) {}

  get format(): Format {
    return formatOf(this.options().as ?? 'table');
  }

  /** What was named last wins: an option, the environment, the installation of this machine. */
  place(): { readonly url: string; readonly key: string } {
    const home = new Home(this.dataDir());
    const { url } = this.options();
    const at = url ?? this.env['QUAYSIDE_URL'] ?? this.env['MCP_MANAGER_URL'] ?? runningOn(home);
    return { url: at.replace(/\/+$/, ''), key: this.key(home) };
  }

  api(): ApiClient {
    const { url, key } = this.place();
    return new ApiClient(url, key, (method, path) => {
      if (this.options().verbose === true) this.terminal.say(`> ${method} ${url}${path}  (key: masked)`);
    });
  }

  private key(home: Home): string {
    const { key, keyFile } = this.options();
    if (keyFile !== undefined) return readFileSync(keyFile, 'utf8').trim();
    const named = key ?? this.env['QUAYSIDE_API_KEY'] ?? this.env['QUAYSIDE_TOKEN'] ?? this.env['API_KEY'];
    return named ?? home.secrets().secrets.api_key;
  }

  say(text: string): void {
    if (this.options().quiet !== true) this.terminal.say(text);
  }

  list<T>(rows: readonly T[], listing: Listing<T>, empty: string): void {
    if (rows.length === 0 && this.format === 'table') this.say(empty);
    else if (rows.length > 0 || this.format !== 'name') this.terminal.out(listed(this.format, rows, listing));
  }

  show(value: unknown, words: () => string): void {
    this.terminal.out(shown(this.format, value, words));
  }

  /** Every page of a list, by the name of its member. */
  async all<T>(path: string, member: string, query: ListFilter = {}): Promise<T[]> {
    const api = this.api();
    const rows: T[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const asked = new URLSearchParams({ limit: String(PAGE), ...(cursor === null ? {} : { cursor }) });
      for (const [name, value] of Object.entries(query))
        for (const one of [value].flat()) asked.append(name, one);
      const answer: Record<string, unknown> = await api.call('GET', `${path}?${asked.toString()}`);
      rows.push(...(answer[member] as T[]));
      cursor = typeof answer['next_cursor'] === 'string' ? answer['next_cursor'] : null;
      if (cursor === null) break;
    }
    return rows;
  }
}

function runningOn(home: Home): string {
  const { url } = home.state();
  if (url !== undefined && new LauncherLock(home.dir).holder() !== undefined) return url;
  throw new CliError(
    `Nothing runs on ${home.dir}, and no other installation is named.`,
    EXIT.unreachable,
    'quayside up, or set QUAYSIDE_URL and QUAYSIDE_API_KEY',
  );
}
