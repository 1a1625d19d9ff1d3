import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BundledEntry, type ContainerSpec, DEFAULT_LIMITS, ProcessEngine } from '@app/container-engine';
import { eventually } from '@app/testing';
import { engineContract } from './engine-contract';

const FIXTURES = join(__dirname, '..', '..', 'fixtures', 'images');
const node = (name: string, args: readonly string[], environment: readonly string[] = []): BundledEntry => ({
  name,
  args: () => args,
  environment,
});
/** In a session of its own, so that no signal to the group reaches it; ends when nobody reads. */
const LEAVES_A_WRITER = `
const writer = 'process.stdout.on("error", () => process.exit()); setInterval(() => process.stdout.write("x\\n"), 20)';
require("node:child_process").spawn(process.execPath, ["-e", writer], { detached: true, stdio: ["ignore", "inherit", "inherit"] });
setTimeout(() => process.exit(0), 200);
`;
const BUNDLED = [
  node('echo-stdio', [join(FIXTURES, 'echo-stdio.mjs')], ['API_KEY']),
  node('exits', ['-e', 'console.error("Cannot start"); process.exitCode = 3']),
  node('ticks', ['-e', 'setInterval(() => console.log("tick"), 50)']),
  node('ignores-term', ['-e', 'process.on("SIGTERM", () => undefined); setInterval(() => undefined, 1000)']),
  node('shows', [
    '-e',
    'console.log(JSON.stringify({ env: process.env, uid: process.getuid(), cwd: process.cwd() }))',
  ]),
  node('leaves-a-writer', ['-e', LEAVES_A_WRITER]),
  node('parent', [
    '-e',
    'console.log(require("node:child_process").spawn("sleep", ["1000"]).pid); setInterval(() => 0, 1000)',
  ]),
];

describe('ProcessEngine', () => {
  const folders: string[] = [];
  const newFolder = async () => {
    const folder = await mkdtemp(join(tmpdir(), 'quayside-process-'));
    folders.push(folder);
    return folder;
  };
  let shared = '';
  beforeAll(async () => {
    shared = await newFolder();
  });
  afterAll(async () => {
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  });

  engineContract({
    open: () => new ProcessEngine({ bundled: BUNDLED, dataDir: shared }),
    stdioServer: { kind: 'bundled', name: 'echo-stdio' },
    exits: { kind: 'bundled', name: 'exits' },
    ticks: { workload: { kind: 'bundled', name: 'ticks' } },
    unsupported: { kind: 'image', image: 'quayside-test/echo' },
    hasNetworks: false,
  });

  let number = 0;
  const specOf = (name: string, changes: Partial<ContainerSpec> = {}): ContainerSpec => ({
    identity: {
      installation: 'i',
      instanceId: `instance-${String(++number)}`,
      generation: 1,
      replica: 0,
      specHash: 'h',
    },
    workload: { kind: 'bundled', name },
    environment: {},
    limits: DEFAULT_LIMITS,
    stdio: false,
    ...changes,
  });
  const isAlive = (pid: number): boolean => {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  };
  const started = async (engine: ProcessEngine, spec: ContainerSpec): Promise<string> => {
    const { id } = await engine.create(spec);
    await engine.start(id);
    return id;
  };
  const pidOf = async (folder: string, id: string): Promise<number> =>
    (JSON.parse(await readFile(join(folder, 'records', `${id}.json`), 'utf8')) as { pid: number }).pid;

  it('gives a program nothing of our environment, and a home of its own', async () => {
    const folder = await newFolder();
    const engine = new ProcessEngine({ bundled: BUNDLED, dataDir: folder });
    const id = await started(engine, specOf('shows'));
    const [line] = await eventually(async () => {
      const lines = await engine.logs(id, { tail: 10 });
      expect(lines).toHaveLength(1);
      return lines;
    });
    const shown = JSON.parse(line!) as { env: Record<string, string>; uid: number; cwd: string };
    expect(Object.keys(shown.env).sort()).toEqual(['HOME', 'LANG', 'PATH', 'TMPDIR']);
    expect(shown.env['HOME']).toBe(join(folder, 'homes', id));
    expect(shown.cwd).toBe(join(folder, 'homes', id));
    await engine.remove(id);
    expect(await readdir(join(folder, 'homes'))).toEqual([]);
    await engine.close();
  });

  it('refuses variables that a program did not declare, and programs that there are not', async () => {
    const engine = new ProcessEngine({ bundled: BUNDLED, dataDir: await newFolder() });
    await expect(engine.create(specOf('exits', { environment: { NODE_OPTIONS: '--x' } }))).rejects.toThrow(
      'does not take the variable NODE_OPTIONS',
    );
    await expect(engine.create(specOf('nonsense'))).rejects.toThrow('there are: echo-stdio');
  });

  it('kills a program that does not listen, and whatever it started', async () => {
    const engine = new ProcessEngine({ bundled: BUNDLED, dataDir: await newFolder() });
    const deaf = await started(engine, specOf('ignores-term'));
    const parent = await started(engine, specOf('parent'));
    const grandchild = await eventually(async () => {
      const [pid] = await engine.logs(parent, { tail: 1 });
      expect(pid).toMatch(/^\d+$/);
      return Number(pid);
    });
    await Promise.all([engine.stop(deaf, 1), engine.stop(parent, 1)]);
    expect(await engine.inspect(deaf)).toMatchObject({ state: 'exited' });
    await eventually(() => {
      expect(isAlive(grandchild)).toBe(false);
    });
    await engine.close();
  });

  it('goes on when a program left somebody behind who holds its output', async () => {
    const engine = new ProcessEngine({ bundled: BUNDLED, dataDir: await newFolder() });
    const id = await started(engine, specOf('leaves-a-writer', { stdio: true }));
    const { stdout } = await engine.attach(id);
    const ended = new Promise((resolve) => stdout.once('end', resolve));
    stdout.resume();
    await ended;
    expect(await engine.inspect(id)).toMatchObject({ state: 'exited', exitCode: 0 });
    await engine.close();
  });

  it('ends what is asked to end while it is still being started', async () => {
    const folder = await newFolder();
    const engine = new ProcessEngine({ bundled: BUNDLED, dataDir: folder });
    const { id } = await engine.create(specOf('ignores-term'));
    await Promise.all([engine.start(id), engine.start(id), engine.remove(id)]);
    expect(await engine.list({ installation: 'i' })).toEqual([]);
    expect(await readdir(join(folder, 'homes'))).toEqual([]);
    expect(await readdir(join(folder, 'records'))).toEqual([]);
    await engine.close();
  });

  it('can be asked again after a start that failed, and tells no secret', async () => {
    const engine = new ProcessEngine({ bundled: BUNDLED, dataDir: await newFolder() });
    const { id } = await engine.create(specOf('echo-stdio'));
    const failure = await engine.start(id, new Map([['API_KEY', 'hidden\0value']])).catch(String);
    expect(failure).toContain('zero byte');
    expect(failure).not.toContain('hidden');
    expect(await engine.inspect(id)).toMatchObject({ state: 'created' });
    await engine.start(id, new Map([['API_KEY', 'value']]));
    expect(await engine.inspect(id)).toMatchObject({ state: 'running' });
    await engine.close();
  });

  it('sweeps homes that belong to nobody', async () => {
    const folder = await newFolder();
    const engine = new ProcessEngine({ bundled: BUNDLED, dataDir: folder });
    const id = await started(engine, specOf('ignores-term'));
    await mkdir(join(folder, 'homes', 'of-nobody'));
    await engine.sweep('i');
    expect(await readdir(join(folder, 'homes'))).toEqual([id]);
    await engine.close();
  });

  it('finds what a former life left, ends it and says so', async () => {
    const folder = await newFolder();
    const former = new ProcessEngine({ bundled: BUNDLED, dataDir: folder });
    const id = await started(former, specOf('ignores-term'));
    const pid = await pidOf(folder, id);

    const later = new ProcessEngine({ bundled: BUNDLED, dataDir: folder });
    const [found] = await later.list({ installation: 'i' });
    expect(found).toMatchObject({ id, state: 'exited' });
    expect((await later.inspect(id))?.error).toContain('ended');
    await eventually(() => {
      expect(isAlive(pid)).toBe(false);
    });
    await former.close();
    await later.close();
  });

  it('never ends a stranger that got the number of a former process', async () => {
    const folder = await newFolder();
    const former = new ProcessEngine({ bundled: BUNDLED, dataDir: folder });
    const id = await started(former, specOf('exits'));
    await eventually(async () => {
      expect((await former.inspect(id))?.state).toBe('exited');
    });
    await former.close();
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)'], {
      detached: true,
      stdio: 'ignore',
    });
    const path = join(folder, 'records', `${id}.json`);
    const record = JSON.parse(await readFile(path, 'utf8')) as object;
    await writeFile(
      path,
      JSON.stringify({ ...record, state: 'running', pid: stranger.pid, mark: 'another life/1' }),
    );

    const later = new ProcessEngine({ bundled: BUNDLED, dataDir: folder });
    expect(await later.inspect(id)).toMatchObject({ state: 'exited' });
    expect(stranger.exitCode).toBeNull();
    expect(isAlive(stranger.pid!)).toBe(true);
    stranger.kill('SIGKILL');
  });
});
