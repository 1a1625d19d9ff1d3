import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const READY_LIMIT_MS = 60_000;

/** One server for the whole run; each test file has a database of its own in it. */
export async function startPostgres(wrap) {
  const folder = mkdtempSync(join(tmpdir(), 'quayside-postgres-'));
  const program = join(dirname(fileURLToPath(import.meta.url)), 'postgres-server.mjs');
  const [command, ...args] = wrap([process.execPath, program, folder]);
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
  const limit = setTimeout(() => child.kill('SIGKILL'), READY_LIMIT_MS);
  const [said] = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  clearTimeout(limit);
  const url = String(said).trim();
  if (!url.startsWith('postgres')) throw new Error(`PostgreSQL for the tests did not start: ${url}`);
  return {
    url,
    stop: async () => {
      const ended = once(child, 'exit');
      child.stdin.end();
      if (child.exitCode === null && child.signalCode === null) await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
