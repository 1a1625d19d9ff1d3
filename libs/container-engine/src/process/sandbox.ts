import { type ContainerLimits } from '../container-spec';

/** What can be wrapped around a process on this machine. */
export interface Sandbox {
  /** `bwrap`: a read-only root, no network, a process table of its own. */
  readonly bubblewrap: boolean;
  /** Another user than ours for each process; only root can do that. */
  readonly ownUser: boolean;
  /** `setpriv`: ends with its parent, cannot gain rights. */
  readonly privileges: boolean;
  /** `prlimit`: memory, open files, processes. */
  readonly limits: boolean;
}

export const NO_SANDBOX: Sandbox = { bubblewrap: false, ownUser: false, privileges: false, limits: false };

export interface SandboxedCommand {
  readonly nodeArgs: readonly string[];
  readonly home: string;
  readonly uid: number;
  readonly limits: ContainerLimits;
  readonly writablePaths: readonly string[];
  readonly usesNetwork: boolean;
}

const OPEN_FILES = 1_024;
/** Of the limit, so that V8 gives up in words before the kernel does without. */
const HEAP_SHARE = 0.75;
const MEBIBYTE = 1024 * 1024;
/** Below this Node itself does not start. */
const LEAST_DATA_BYTES = 96 * MEBIBYTE;

/** The whole command line, from the outermost wrapper to node. */
export function sandboxedCommand(sandbox: Sandbox, command: SandboxedCommand): readonly string[] {
  const heapMebibytes = Math.max(64, Math.floor((command.limits.memoryBytes * HEAP_SHARE) / MEBIBYTE));
  return [
    ...(sandbox.privileges ? privilegesOf(sandbox, command) : []),
    ...(sandbox.limits ? limitsOf(sandbox, command) : []),
    ...(sandbox.bubblewrap ? bubblewrapOf(command) : []),
    process.execPath,
    `--max-old-space-size=${heapMebibytes}`,
    ...command.nodeArgs,
  ];
}

function privilegesOf({ ownUser }: Sandbox, { uid }: SandboxedCommand): string[] {
  const user = [
    `--reuid=${uid}`,
    `--regid=${uid}`,
    '--clear-groups',
    '--inh-caps=-all',
    '--bounding-set=-all',
  ];
  return ['setpriv', '--pdeathsig=KILL', '--no-new-privs', ...(ownUser ? user : []), '--'];
}

function limitsOf({ ownUser }: Sandbox, { limits }: SandboxedCommand): string[] {
  const data = Math.max(limits.memoryBytes, LEAST_DATA_BYTES);
  // The number of processes is counted per user: without one of its own it would be counted together with ours.
  const processes = ownUser ? [`--nproc=${limits.pids}`] : [];
  return ['prlimit', `--nofile=${OPEN_FILES}`, '--core=0', `--data=${data}`, ...processes, '--'];
}

function bubblewrapOf({ home, writablePaths, usesNetwork }: SandboxedCommand): string[] {
  const root = [
    '--ro-bind',
    '/',
    '/',
    '--dev',
    '/dev',
    '--proc',
    '/proc',
    '--tmpfs',
    '/tmp',
    '--tmpfs',
    '/dev/shm',
  ];
  const writable = [home, ...writablePaths].flatMap((path) => ['--bind', path, path]);
  const network = usesNetwork ? ['--share-net'] : [];
  return [
    'bwrap',
    ...root,
    ...writable,
    '--unshare-all',
    ...network,
    '--die-with-parent',
    '--chdir',
    home,
    '--',
  ];
}

/** One sentence for people. */
export function describeSandbox({ bubblewrap, ownUser, privileges, limits }: Sandbox): string {
  const has = [
    ...(bubblewrap ? ['a read-only root without network'] : []),
    ...(ownUser ? ['a user of its own'] : []),
    ...(limits ? ['limits of memory and files'] : []),
    ...(privileges ? ['no way to gain rights'] : []),
  ];
  const given = has.length === 0 ? 'no separation beyond an empty environment' : has.join(', ');
  return `Processes of this machine with ${given}; weaker than containers.`;
}

/** Strongest first. Which one works is found by trying: programs may be there and not be allowed to do their work. */
export function sandboxCandidates(isRoot: boolean): readonly Sandbox[] {
  const full = { bubblewrap: true, ownUser: isRoot, privileges: true, limits: true };
  const candidates = [
    full,
    { ...full, bubblewrap: false },
    { ...full, ownUser: false },
    { ...full, bubblewrap: false, ownUser: false },
    { ...NO_SANDBOX, limits: true },
    NO_SANDBOX,
  ];
  return isRoot ? candidates : candidates.filter((_, index) => index !== 2 && index !== 3);
}
