import { type Inspected } from './engine';

type Rule = readonly [
  name: string,
  holds: (host: Readonly<Record<string, unknown>>, all: Inspected) => boolean,
];

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  (typeof value === 'object' && Object.keys(value).length === 0);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const absent = (name: string): Rule => [name, (host) => isEmpty(host[name])];
const equals = (name: string, wanted: unknown): Rule => [
  `${name} is ${JSON.stringify(wanted)}`,
  (host) => same(host[name], wanted),
];

const OWN_LABELS = ['installation', 'instance', 'generation', 'replica', 'spec-hash'].map(
  (name) => `quayside.${name}`,
);

/** What is promised of every container, read from what the engine says of it and from nothing else. */
const RULES: readonly Rule[] = [
  ['runs as 65532', (_host, { Config }) => Config.User === '65532:65532'],
  equals('Privileged', false),
  equals('ReadonlyRootfs', true),
  equals('CapDrop', ['ALL']),
  equals('Init', true),
  equals('IpcMode', 'private'),
  equals('PublishAllPorts', false),
  equals('ShmSize', 16 * 1024 * 1024),
  ...['CapAdd', 'Devices', 'PortBindings', 'VolumesFrom', 'Links', 'ExtraHosts', 'Binds'].map(absent),
  [
    'no mode of the host',
    ({ PidMode, UTSMode, UsernsMode }) => [PidMode, UTSMode, UsernsMode].every(isEmpty),
  ],
  [
    'no-new-privileges',
    ({ SecurityOpt }) => list(SecurityOpt).some((o) => /^no-new-privileges/.test(String(o))),
  ],
  ['never unconfined', ({ SecurityOpt }) => !/unconfined/.test(JSON.stringify(SecurityOpt))],
  ['memory is limited', ({ Memory }) => Number(Memory) > 0],
  ['no swap on top of it', ({ Memory, MemorySwap }) => Memory === MemorySwap],
  ['processors are limited', ({ NanoCpus }) => Number(NanoCpus) > 0],
  ['processes are limited', ({ PidsLimit }) => Number(PidsLimit) > 0 && Number(PidsLimit) <= 128],
  ['the engine may kill it', ({ OomKillDisable }) => OomKillDisable !== true],
  [
    'files are limited',
    ({ Ulimits }) => list(Ulimits).some((u) => same(u, { Name: 'nofile', Hard: 1024, Soft: 1024 })),
  ],
  ['no core dumps', ({ Ulimits }) => list(Ulimits).some((u) => same(u, { Name: 'core', Hard: 0, Soft: 0 }))],
  ['/tmp is small and runs nothing', ({ Tmpfs }) => /noexec.*nosuid.*nodev.*size=64m/.test(tmpOf(Tmpfs))],
  [
    'mounts are read-only',
    ({ Mounts }) => list(Mounts).every((m) => (m as { ReadOnly?: boolean }).ReadOnly === true),
  ],
  ['no socket of the engine', (_host, { Mounts }) => Mounts.every(({ Source }) => !/\.sock$/.test(Source))],
  ['nothing of the machine may be written', (_host, { Mounts }) => Mounts.every(({ RW }) => !RW)],
  ['never restarted by the engine', ({ RestartPolicy }) => (RestartPolicy as { Name: string }).Name === 'no'],
  [
    'output is bounded',
    ({ LogConfig }) => isBounded(LogConfig as { Type: string; Config: Record<string, string> }),
  ],
  [
    'a network of its own',
    ({ NetworkMode }) => !/^(host|bridge|default|container:.*)$/.test(String(NetworkMode)),
  ],
  [
    'no port on the machine',
    (_host, { NetworkSettings }) => Object.values(NetworkSettings.Ports ?? {}).every(isEmpty),
  ],
  ['says whose it is', (_host, { Config }) => OWN_LABELS.every((name) => (Config.Labels[name] ?? '') !== '')],
];

const tmpOf = (tmpfs: unknown): string => (tmpfs as Record<string, string> | undefined)?.['/tmp'] ?? '';
const isBounded = ({ Type, Config }: { Type: string; Config: Record<string, string> }): boolean =>
  Type === 'none' || (Type === 'json-file' && Config['max-size'] === '10m' && Config['max-file'] === '3');

/** The rules that a container breaks: none. */
export const brokenRules = (inspected: Inspected): readonly string[] =>
  RULES.filter(([, holds]) => !holds(inspected.HostConfig, inspected)).map(([name]) => name);
