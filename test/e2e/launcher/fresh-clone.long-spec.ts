import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, freePort } from '@app/testing';
import { nothingIsLeft } from './launched';

const ROOT = join(__dirname, '..', '..', '..');
/** Everything is downloaded and built, on a machine that may be slow. */
const FIRST_START_MS = 15 * 60_000;
const NEXT_START_MS = 4 * 60_000;
const ORDINARY_UID = 65_534;

const isRoot = process.getuid?.() === 0;
const users: readonly (readonly [string, number | undefined])[] = isRoot
  ? [
      ['root', undefined],
      ['an ordinary user', ORDINARY_UID],
    ]
  : [['the user of this test', undefined]];

const networkOf = (pid: string): string => readlinkSync(`/proc/${pid}/ns/net`);
const parentOf = (pid: string): string =>
  /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '1';

/** The tests run in the network of their engine, which leads nowhere; a clone needs that of whoever started them. */
function outside(): readonly string[] {
  const own = networkOf('self');
  for (let pid = parentOf('self'); isRoot && Number(pid) > 1; pid = parentOf(pid))
    if (networkOf(pid) !== own) return ['nsenter', '--target', pid, '--net', '--'];
  return [];
}

const asUser = (uid: number | undefined): readonly string[] =>
  uid === undefined ? [] : ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', '--'];

function run(folder: string, command: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    // The checkout may belong to somebody else than us, and the clone will.
    env: {
      PATH: process.env['PATH'],
      ...{ GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'safe.directory', GIT_CONFIG_VALUE_0: '*' },
    },
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** `npm start` as somebody types it, in a process group of its own like that of a terminal. */
class Start {
  output = '';
  private readonly child: ChildProcess;
  private readonly ended: Promise<void>;

  constructor(clone: string, env: NodeJS.ProcessEnv, uid: number | undefined) {
    const [file, ...args] = [...outside(), ...asUser(uid), 'npm', 'start'];
    this.child = spawn(file, args, { cwd: clone, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    this.ended = new Promise((resolve) =>
      this.child.once('exit', () => {
        resolve();
      }),
    );
  }

  async prints(text: string, deadlineMs: number): Promise<void> {
    await eventually(
      () => {
        if (!this.output.includes(text) && this.isRunning())
          throw new Error(`"${text}" was not printed yet:\n${this.output}`);
      },
      { deadlineMs, everyMs: 500 },
    );
    if (!this.output.includes(text)) throw new Error(`It ended without "${text}":\n${this.output}`);
  }

  /** A terminal sends the signal to everybody in the group. */
  async interrupt(): Promise<void> {
    process.kill(-(this.child.pid ?? 0), 'SIGINT');
    await this.ended;
  }

  endNow(): void {
    if (this.isRunning()) process.kill(-(this.child.pid ?? 0), 'SIGKILL');
  }

  private isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }
}

describe.each(users)('a fresh clone of %s', (_name, uid) => {
  let folder: string;
  let clone: string;
  let env: NodeJS.ProcessEnv;
  const starts: Start[] = [];
  const start = (): Start => {
    const one = new Start(clone, env, uid);
    starts.push(one);
    return one;
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'quayside-clone-'));
    chmodSync(folder, 0o755);
    clone = join(folder, 'quayside');
    const home = join(folder, 'home');
    mkdirSync(home);
    run(folder, 'git', 'clone', '--quiet', '--no-hardlinks', ROOT, clone);
    if (uid !== undefined) run(folder, 'chown', '-R', `${uid}:${uid}`, clone, home);
    env = {
      PATH: process.env['PATH'],
      HOME: home,
      SERVER_PORT: String(await freePort()),
      // Where root's data would be is not ours to touch.
      ...(uid === undefined ? { DATA_DIR: join(home, 'data') } : {}),
    };
  }, 120_000);

  afterAll(async () => {
    for (const one of starts) one.endNow();
    await nothingIsLeft(folder);
    rmSync(folder, { recursive: true, force: true });
  }, 120_000);

  it(
    'needs one command to the first tool call, and Ctrl-C leaves nothing running',
    async () => {
      const first = start();
      await first.prints('everything → echo: "', FIRST_START_MS);
      expect(first.output).toContain('Quayside is ready');
      expect(first.output).toMatch(/Admin key\s+\S{32,}/);
      await first.interrupt();
      await nothingIsLeft(folder);
    },
    FIRST_START_MS + 120_000,
  );

  it('is as it was committed afterwards', () => {
    expect(run(clone, 'git', 'status', '--porcelain')).toBe('');
  });

  it(
    'starts again without installing or building',
    async () => {
      const second = start();
      await second.prints('Quayside is ready', NEXT_START_MS);
      expect(second.output).not.toMatch(/Installing|Building|First tool call/);
      await second.interrupt();
      await nothingIsLeft(folder);
    },
    NEXT_START_MS + 120_000,
  );
});
