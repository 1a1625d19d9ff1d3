import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, rm } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { DEFAULT_LIMITS } from '../container-spec';
import { type BundledEntry } from './bundled-entry';
import { NO_SANDBOX, type Sandbox, sandboxCandidates, sandboxedCommand } from './sandbox';

/** Node starts in a fraction of this, even on a busy machine. */
const PROBE_WITHIN_MS = 20_000;
/** Writes into its home and reads the program: what every bundled server does first. */
const PROBE = `
const fs = require('node:fs');
fs.writeFileSync(process.argv[1] + '/probe', '');
for (const path of process.argv.slice(2)) fs.readFileSync(path);
`;
/** The search path of children: the wrappers live there. */
export const CHILD_PATH = '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin';

const PROBE_HOME = 'probe-';
/** Others may pass through, and see nothing. */
const PASSABLE = 0o711;

export const homesIn = (dataDir: string): string => join(dataDir, 'homes');
export const isProbeHome = (name: string): boolean => name.startsWith(PROBE_HOME);

/** The strongest sandbox in which a bundled program can do its work here. */
export async function probeSandbox(
  dataDir: string,
  bundled: readonly BundledEntry[],
  uid: number,
): Promise<Sandbox> {
  if (process.platform !== 'linux') return NO_SANDBOX;
  const scripts = scriptsOf(bundled[0], dataDir);
  for (const candidate of sandboxCandidates(process.getuid?.() === 0)) {
    const home = join(homesIn(dataDir), `${PROBE_HOME}${process.pid}`);
    await makeHome(home, candidate.ownUser ? uid : undefined);
    try {
      if (await works(candidate, home, uid, scripts)) return candidate;
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  }
  return NO_SANDBOX;
}

export async function makeHome(home: string, uid: number | undefined): Promise<void> {
  if (uid !== undefined) await letPass([dirname(dirname(home)), dirname(home)]);
  await mkdir(home, { recursive: true, mode: 0o700 });
  if (uid !== undefined) await chown(home, uid, uid);
}

/** A user of its own must get to its home; what lies beside the way stays hidden. */
async function letPass(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    await mkdir(folder, { recursive: true, mode: PASSABLE });
    // It may be there already, made for us alone.
    await chmod(folder, PASSABLE);
  }
}

const scriptsOf = (entry: BundledEntry | undefined, home: string): readonly string[] =>
  (entry?.args(home) ?? []).filter(
    (argument) => isAbsolute(argument) && argument.endsWith('js') && existsSync(argument),
  );

function works(sandbox: Sandbox, home: string, uid: number, scripts: readonly string[]): Promise<boolean> {
  const [program = '', ...args] = sandboxedCommand(sandbox, {
    nodeArgs: ['-e', PROBE, home, ...scripts],
    home,
    uid,
    limits: DEFAULT_LIMITS,
    writablePaths: [],
    usesNetwork: false,
  });
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: home,
      env: { PATH: CHILD_PATH, HOME: home },
      stdio: 'ignore',
      timeout: PROBE_WITHIN_MS,
      killSignal: 'SIGKILL',
    });
    child.once('error', () => {
      resolve(false);
    });
    child.once('exit', (code) => {
      resolve(code === 0);
    });
  });
}
