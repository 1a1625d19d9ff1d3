import { accessSync, constants, existsSync, mkdirSync, statfsSync } from 'node:fs';
import { choosePort, findEngine } from './preflight';
import { LauncherLock } from './running';

const MIN_FREE_BYTES = 500 * 1024 * 1024;

interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

function checkNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const ok = major > 20 || (major === 20 && minor >= 19);
  return {
    name: 'node',
    ok,
    detail: ok ? process.versions.node : `${process.versions.node}: 20.19 or newer is needed`,
  };
}

function checkHome(dir: string): Finding {
  try {
    mkdirSync(dir, { recursive: true });
    accessSync(dir, constants.W_OK);
    const { bavail, bsize } = statfsSync(dir);
    const freeBytes = bavail * bsize;
    const free = `${String(Math.round(freeBytes / 1024 / 1024))} MB free`;
    return { name: 'data folder', ok: freeBytes > MIN_FREE_BYTES, detail: `${dir}, ${free}` };
  } catch (error) {
    return {
      name: 'data folder',
      ok: false,
      detail: `${dir} cannot be written (${(error as Error).message}): set DATA_DIR`,
    };
  }
}

async function checkPort(env: NodeJS.ProcessEnv, running: boolean): Promise<Finding> {
  const host = env['SERVER_HOST'] ?? '127.0.0.1';
  const wanted = Number(env['SERVER_PORT'] ?? 8080);
  if (running) return { name: 'port', ok: true, detail: 'in use by the running installation' };
  const port = await choosePort(host, wanted, env['SERVER_PORT'] !== undefined);
  if (port === undefined)
    return { name: 'port', ok: false, detail: `${String(wanted)} is in use: set SERVER_PORT` };
  return {
    name: 'port',
    ok: true,
    detail:
      port === wanted
        ? `${String(port)} is free`
        : `${String(wanted)} is in use, ${String(port)} is free and will be taken`,
  };
}

function checkSandbox(): Finding {
  const tools = ['setpriv', 'prlimit', 'bwrap'].map((tool) => {
    const found = (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(`${folder}/${tool}`));
    return `${tool} ${found ? 'found' : 'not found'}`;
  });
  return { name: 'process sandbox', ok: true, detail: tools.join(', ') };
}

/** `quayside doctor`: what a start would meet, a line each. Answers false when something must be mended first. */
export async function doctor(dataDir: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const running = new LauncherLock(dataDir).holder() !== undefined;
  const engine = await findEngine(env);
  const findings: Finding[] = [
    checkNode(),
    checkHome(dataDir),
    await checkPort(env, running),
    {
      name: 'engine',
      ok: true,
      detail:
        engine.kind === 'docker' ? `Docker at ${engine.address}` : `bundled servers only: ${engine.why}`,
    },
    checkSandbox(),
    { name: 'database', ok: true, detail: env['DATABASE_URL'] ? 'DATABASE_URL' : 'embedded' },
    { name: 'queues', ok: true, detail: env['REDIS_URL'] ? 'Redis (REDIS_URL)' : 'PostgreSQL' },
  ];
  for (const { name, ok, detail } of findings)
    console.log(`${ok ? 'ok  ' : 'FAIL'}  ${name.padEnd(16)} ${detail}`);
  return findings.every(({ ok }) => ok);
}
