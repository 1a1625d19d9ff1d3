import { isImageReference } from '../../catalog';
import { type Found, type FoundServer, type ImportTransport } from '../domain/found-server';
import { nameFromSource, slugOf } from './slug';

/** What of a `docker run` line has a meaning here. */
interface RunLine {
  name?: string;
  image?: string;
  command: string[];
  environment: Record<string, string>;
  resources: Record<string, string | number>;
  port?: number;
  isInteractive: boolean;
  warnings: string[];
}

type Take = (run: RunLine, value: string) => string | undefined;
const ignored: Take = () => undefined;
const refused =
  (why: string): Take =>
  () =>
    why;

const HOST_FILES = 'it mounts files of a host into the container';
const MORE_RIGHTS = 'it gives the container more rights than any has here';
const OTHER_SPACE = 'it lets the container into spaces of the host or of another container';

/** Options without a value. */
const SWITCHES: Readonly<Record<string, Take>> = {
  ...{
    '--rm': ignored,
    '-d': ignored,
    '--detach': ignored,
    '--init': ignored,
    '-t': ignored,
    '--tty': ignored,
  },
  ...{ '-q': ignored, '--quiet': ignored, '--read-only': ignored, '--no-healthcheck': ignored },
  '-i': (run) => void (run.isInteractive = true),
  '--interactive': (run) => void (run.isInteractive = true),
  '--privileged': refused(`--privileged: ${MORE_RIGHTS}`),
  '-P': (run) => void run.warnings.push('-P is not needed: servers are reached through the gateway.'),
};

/** Options with a value. */
const OPTIONS: Readonly<Record<string, Take>> = {
  '--name': (run, value) => void (run.name = value),
  ...{ '-e': environment, '--env': environment },
  '--env-file': (run) =>
    void run.warnings.push('The file of --env-file is not read; give its variables yourself.'),
  ...{ '-p': publish, '--publish': publish, '--expose': publish },
  ...{ '-m': memory, '--memory': memory },
  '--cpus': (run, value) => void (run.resources['cpu_limit'] = value),
  '--pids-limit': (run, value) => void (run.resources['pids_limit'] = Number(value)),
  ...{ '--network': network, '--net': network },
  ...{ '-v': refused(`-v: ${HOST_FILES}`), '--volume': refused(`--volume: ${HOST_FILES}`) },
  ...{
    '--mount': refused(`--mount: ${HOST_FILES}`),
    '--volumes-from': refused(`--volumes-from: ${HOST_FILES}`),
  },
  ...{ '--device': refused(`--device: ${MORE_RIGHTS}`), '--gpus': refused(`--gpus: ${MORE_RIGHTS}`) },
  ...{
    '--cap-add': refused(`--cap-add: ${MORE_RIGHTS}`),
    '--group-add': refused(`--group-add: ${MORE_RIGHTS}`),
  },
  ...{ '--sysctl': refused(`--sysctl: ${MORE_RIGHTS}`), '--runtime': refused(`--runtime: ${MORE_RIGHTS}`) },
  '--security-opt': (_run, value) =>
    /^no-new-privileges(?:[:=]true)?$/.test(value) ? undefined : `--security-opt: ${MORE_RIGHTS}`,
  ...{ '--pid': refused(`--pid: ${OTHER_SPACE}`), '--ipc': refused(`--ipc: ${OTHER_SPACE}`) },
  ...{ '--uts': refused(`--uts: ${OTHER_SPACE}`), '--userns': refused(`--userns: ${OTHER_SPACE}`) },
  ...{
    '--cgroupns': refused(`--cgroupns: ${OTHER_SPACE}`),
    '--cgroup-parent': refused(`--cgroup-parent: ${OTHER_SPACE}`),
  },
  '--add-host': refused('--add-host: it gives names to addresses past the outbound policy'),
  '--entrypoint': refused('--entrypoint: the program of an image is not replaced; give an image of your own'),
  ...{ '-u': user, '--user': user },
  ...{ '-l': ignored, '--label': ignored, '--pull': ignored, '--platform': ignored, '--restart': ignored },
  ...{
    '-h': ignored,
    '--hostname': ignored,
    '--log-driver': ignored,
    '--log-opt': ignored,
    '--cap-drop': ignored,
  },
  ...{ '--ulimit': ignored, '--tmpfs': ignored, '--shm-size': ignored, '--stop-timeout': ignored },
};

function environment(run: RunLine, value: string): undefined {
  const at = value.indexOf('=');
  if (at < 0) run.environment[value] ??= '';
  else run.environment[value.slice(0, at)] = value.slice(at + 1);
}

function publish(run: RunLine, value: string): undefined {
  const port = Number(/(\d{1,5})(?:\/tcp)?$/.exec(value)?.[1]);
  if (Number.isInteger(port) && port > 0 && port < 65_536) run.port ??= port;
}

function memory(run: RunLine, value: string): undefined {
  run.resources['memory_limit'] = value.toLowerCase();
}

function network(run: RunLine, value: string): string | undefined {
  if (value === 'host' || value.startsWith('container:') || value.startsWith('ns:'))
    return `--network ${value.slice(0, 40)}: ${OTHER_SPACE}`;
  if (value !== 'none')
    run.warnings.push('Its network is not taken over: each server has one of its own here.');
  return undefined;
}

function user(run: RunLine): undefined {
  run.warnings.push('Its user is not taken over: servers run as an ordinary user here.');
}

/** `words`: what follows `docker`. `known`: values of a client's configuration for variables that the line only names. */
export function readDockerRun(words: readonly string[], known: Readonly<Record<string, string>> = {}): Found {
  const run: RunLine = { command: [], environment: {}, resources: {}, isInteractive: false, warnings: [] };
  const rest = words[0] === 'container' ? words.slice(1) : words;
  const fallback = rest.find((word) => isImageReference(word) && word.includes('/')) ?? 'container';
  if (rest[0] !== 'run')
    return { name: nameFromSource(fallback), refusal: 'Only "docker run" says what a server is.' };
  const refusal = takeOptions(run, rest.slice(1)) ?? imageFault(run);
  const name = slugOf(run.name ?? nameFromSource(run.image ?? fallback));
  if (refusal !== undefined) return { name, refusal: `Refused: ${refusal}.` };
  return foundOf(name, run, known);
}

/** Goes through the line up to the image; what follows is the program's. */
function takeOptions(run: RunLine, words: readonly string[]): string | undefined {
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (!word.startsWith('-') || word === '-') {
      run.image = word;
      run.command = words.slice(at + 1);
      return undefined;
    }
    const step = stepOf(word, words[at + 1]);
    if (typeof step === 'string') return step;
    for (const [take, value] of step.takes) {
      const fault = take(run, value);
      if (fault !== undefined) return fault;
    }
    at += step.more;
  }
  return undefined;
}

interface Step {
  readonly takes: readonly (readonly [Take, string])[];
  /** How many words beside the option itself it took. */
  readonly more: number;
}

function stepOf(word: string, next: string | undefined): Step | string {
  const at = word.startsWith('--') ? word.indexOf('=') : -1;
  const name = at < 0 ? word : word.slice(0, at);
  const given = at < 0 ? undefined : word.slice(at + 1);
  const own = (table: Readonly<Record<string, Take>>, key: string): Take | undefined =>
    Object.hasOwn(table, key) ? table[key] : undefined;
  const toggle = own(SWITCHES, name);
  if (toggle !== undefined)
    return given === 'false' ? { takes: [], more: 0 } : { takes: [[toggle, '']], more: 0 };
  const option = own(OPTIONS, name);
  if (option !== undefined) {
    if (given !== undefined) return { takes: [[option, given]], more: 0 };
    return next === undefined ? `${name} has no value` : { takes: [[option, next]], more: 1 };
  }
  return bundledSwitches(word, own) ?? `the option ${word.slice(0, 40)} is not known here`;
}

/** `-it` is two switches, and `-eNAME=value` is one option. */
function bundledSwitches(
  word: string,
  own: (table: Readonly<Record<string, Take>>, key: string) => Take | undefined,
): Step | undefined {
  if (word.startsWith('--')) return undefined;
  const takes = word
    .slice(1)
    .split('')
    .map((letter) => own(SWITCHES, `-${letter}`));
  if (takes.every((take) => take !== undefined)) return { takes: takes.map((take) => [take, '']), more: 0 };
  const option = own(OPTIONS, word.slice(0, 2));
  return option === undefined ? undefined : { takes: [[option, word.slice(2).replace(/^=/, '')]], more: 0 };
}

function imageFault({ image }: RunLine): string | undefined {
  if (image === undefined) return 'it names no image';
  return isImageReference(image) ? undefined : `"${image.slice(0, 60)}" is no image reference`;
}

function foundOf(name: string, run: RunLine, known: Readonly<Record<string, string>>): FoundServer {
  const { image = '', command, resources, port, isInteractive, warnings } = run;
  const transport: ImportTransport | undefined =
    isInteractive && port === undefined ? 'stdio' : port === undefined ? undefined : 'streamable-http';
  const environment = Object.fromEntries(
    Object.entries(run.environment).map(([key, value]) => [key, value === '' ? (known[key] ?? '') : value]),
  );
  return {
    name,
    description: '',
    version: '',
    run: {
      ...{ kind: 'image' as const, image, command, resources },
      ...(transport === undefined ? {} : { transport }),
      ...(port === undefined ? {} : { port }),
    },
    environment,
    declared: [],
    warnings,
  };
}
