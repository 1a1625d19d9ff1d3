import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { ApiClient } from './api-client';
import { Home } from './home';
import { isAlive, LauncherLock } from './running';

const DOWN_LIMIT_MS = 40_000;
const DOWN_POLL_MS = 100;

interface Health {
  readonly status: string;
  readonly checks?: Readonly<Record<string, { readonly status: 'up' | 'down'; readonly detail: string }>>;
}

/** `quayside down`: asks the launcher to stop and waits until it has. */
export async function down(dataDir: string): Promise<void> {
  const holder = new LauncherLock(dataDir).holder();
  if (holder === undefined) {
    console.log(`Nothing runs on ${dataDir}.`);
    return;
  }
  process.kill(holder, 'SIGTERM');
  const deadline = Date.now() + DOWN_LIMIT_MS;
  while (isAlive(holder)) {
    if (Date.now() > deadline)
      throw new Error(
        `The launcher (process ${String(holder)}) has not ended in ${String(DOWN_LIMIT_MS / 1000)} s. "kill -9 ${String(holder)}" ends it; the data survives that.`,
      );
    await delay(DOWN_POLL_MS);
  }
  console.log('Stopped.');
}

/** `quayside status`: what the running installation says of itself. */
export async function status(dataDir: string, env: NodeJS.ProcessEnv): Promise<void> {
  const home = new Home(dataDir);
  const { url, database, started_at: startedAt } = home.state();
  if (new LauncherLock(dataDir).holder() === undefined || url === undefined) {
    console.log(`Nothing runs on ${dataDir}. "quayside up" starts it.`);
    process.exitCode = 3;
    return;
  }
  const api = new ApiClient(url, adminKey(home, env));
  const health = await api.call<Health>('GET', '/health', undefined, { timeoutMs: 10_000 });
  console.log(`${url}  ${health.status}  since ${startedAt ?? 'unknown'}  ${database ?? ''}`);
  for (const [name, { status: state, detail }] of Object.entries(health.checks ?? {}))
    console.log(`  ${state === 'up' ? 'ok  ' : 'FAIL'}  ${name.padEnd(18)} ${detail}`);
  if (health.status !== 'healthy') process.exitCode = 1;
}

const adminKey = (home: Home, env: NodeJS.ProcessEnv): string =>
  env['API_KEY'] ?? home.secrets().secrets.api_key;

/** `quayside env`: lines for `eval`, so that a shell or a client can reach the installation. */
export function printEnv(dataDir: string, env: NodeJS.ProcessEnv): void {
  if (!existsSync(dataDir))
    throw new Error(`There is no installation in ${dataDir}. "quayside up" makes one.`);
  const home = new Home(dataDir);
  console.log(`export QUAYSIDE_URL=${home.state().url ?? 'http://127.0.0.1:8080'}`);
  console.log(`export QUAYSIDE_API_KEY=${adminKey(home, env)}`);
}

/** `quayside logs`: the newest lines of the server's log. */
export function logs(dataDir: string, lines: number): void {
  const path = new Home(dataDir).logFile;
  if (!existsSync(path)) throw new Error(`There is no log in ${dataDir} yet.`);
  console.log(readFileSync(path, 'utf8').trimEnd().split('\n').slice(-lines).join('\n'));
}

/** `quayside reset --yes`: removes all data. Refused while something runs on it. */
export function reset(dataDir: string, confirmed: boolean): void {
  if (!confirmed)
    throw new Error(`This deletes everything in ${dataDir}: database, secrets, logs. Say so with --yes.`);
  if (new LauncherLock(dataDir).holder() !== undefined)
    throw new Error('Quayside is running on it. "quayside down" first.');
  new Home(dataDir).remove();
  console.log(`Removed ${dataDir}.`);
}
