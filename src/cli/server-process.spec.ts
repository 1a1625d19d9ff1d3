import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@app/testing';
import { EXIT_CONFIG, ServerProcess } from './server-process';

describe('the process of the server', () => {
  let folder: string;
  let server: ServerProcess;
  let pids: number[];
  let givenUp: (number | null)[];

  /** Each start writes a line; what happens then is the test's. */
  function run(script: string): void {
    const path = join(folder, 'server.cjs');
    writeFileSync(path, `process.on('disconnect', () => process.exit());\n${script}`);
    server = new ServerProcess({
      script: path,
      env: { PATH: process.env['PATH'] },
      onLine: (line) => {
        writeFileSync(join(folder, 'log'), `${line}\n`, { flag: 'a' });
      },
      onStart: (pid) => {
        pids.push(pid);
      },
      onGivenUp: (code) => {
        givenUp.push(code);
      },
    });
    server.start();
  }
  const log = (): string => readFileSync(join(folder, 'log'), 'utf8');

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'quayside-server-'));
    [pids, givenUp] = [[], []];
  });
  afterEach(async () => {
    await server.stop(10_000);
    rmSync(folder, { recursive: true, force: true });
  });

  it('is started again when it was killed', async () => {
    run(`console.log('up ' + process.pid); setInterval(() => {}, 1000);`);
    await eventually(() => {
      expect(log()).toContain(`up ${String(pids[0])}`);
    });
    server.confirmReady();
    process.kill(pids[0] ?? 0, 'SIGKILL');
    await eventually(() => {
      expect(log()).toContain(`up ${String(pids[1])}`);
    });
    expect(log()).toContain('The server ended (by a signal); starting it again in 1 s.');
    expect(givenUp).toEqual([]);
  });

  it('is given up at once when its settings are wrong', async () => {
    run(`process.exit(${String(EXIT_CONFIG)});`);
    await eventually(() => {
      expect(givenUp).toEqual([EXIT_CONFIG]);
    });
    expect(pids).toHaveLength(1);
  });

  it('is given up when it never got ready', async () => {
    run(`process.exit(1);`);
    await eventually(() => {
      expect(givenUp).toEqual([1]);
    });
    expect(pids).toHaveLength(3);
  });
});
