import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@app/database';

/** What a test writes is gone after the run: nothing of it has to survive a power cut. */
const SETTINGS = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/**
 * Waits until the test process has ended and its server after it, then removes their folder. A process of its own, because the
 * test process may be killed. Its limit is the 600 looks after the end.
 */
const CARETAKER = `
  while kill -0 "$1" 2>/dev/null; do sleep 1; done
  i=0
  while [ $i -lt 600 ] && ls "$2"/postgres-*/data/postmaster.pid >/dev/null 2>&1; do sleep 0.1; i=$((i+1)); done
  rm -rf "$2"`;

/** The server that the test run provides, else one of this process that ends with it. */
export async function serverUrl(): Promise<string> {
  const given = process.env['QUAYSIDE_TEST_DATABASE_URL'];
  if (given !== undefined && given !== '') return given;
  // Each spec file loads its own copy of this module; the folder is what they have in common, and the second one adopts.
  const folder = join(tmpdir(), `quayside-test-${String(process.pid)}`);
  const server = await startEmbeddedPostgres({ dataDir: folder, settings: SETTINGS });
  if (!server.adopted) careFor(folder);
  return server.url;
}

function careFor(folder: string): void {
  const caretaker = spawn('sh', ['-c', CARETAKER, 'caretaker', String(process.pid), folder], {
    detached: true,
    stdio: 'ignore',
  });
  caretaker.unref();
}
