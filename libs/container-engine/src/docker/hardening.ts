import { type HostConfig } from 'dockerode';
import { type ContainerSpec } from '../container-spec';

export const DEFAULT_USER = { uid: 65_532, gid: 65_532 };
export const MEBIBYTE = 1024 * 1024;
export const NANO = 1_000_000_000;
export const OPEN_FILES = 1_024;
export const TMP_MEBIBYTES = 64;
/** Nothing listens on a container's own loopback, so a question for a name fails at once instead of after seconds. */
const DEAD_NAME_SERVER = '127.0.0.1';
/** An image that declares more is odd; what is left over stays read-only. */
const MAX_VOLUMES = 8;
const SAFE_PATH = /^\/[A-Za-z0-9_][A-Za-z0-9_./-]{0,200}$/;
/** Places that are ours, or that a file system in memory would break. */
const RESERVED_PATH = /^\/(tmp|proc|sys|dev|etc|run|usr|bin|lib|lib64|sbin)(\/|$)/;

export interface ReadOnlyMount {
  readonly source: string;
  readonly target: string;
}

export interface HardeningContext {
  readonly spec: ContainerSpec;
  readonly mounts: readonly ReadOnlyMount[];
  /** Paths that the image declares as volumes: the engine would make them disks that outlive the limits here. */
  readonly imageVolumes: readonly string[];
  readonly runtime: string | undefined;
}

export const userOf = ({ user }: ContainerSpec): { readonly uid: number; readonly gid: number } => {
  const chosen = user ?? DEFAULT_USER;
  if (chosen.uid === 0 || chosen.gid === 0) throw new Error('A container never runs as root.');
  return chosen;
};

/** What every container is made with. There is no way around it: the specification has typed fields only. */
export function hardenedHostConfig({ spec, mounts, imageVolumes, runtime }: HardeningContext): HostConfig {
  return {
    ...limitsOf(spec),
    Privileged: false,
    ReadonlyRootfs: true,
    CapDrop: ['ALL'],
    CapAdd: [],
    SecurityOpt: ['no-new-privileges:true'],
    Init: true,
    IpcMode: 'private',
    Binds: [],
    Mounts: mounts.map(({ source, target }) => ({
      Type: 'bind',
      Source: source,
      Target: target,
      ReadOnly: true,
    })),
    Tmpfs: tmpfsOf(spec, imageVolumes),
    // Without a network of the instance's own it has none: never the default bridge, where others are.
    NetworkMode: spec.networkId ?? 'none',
    Dns: [DEAD_NAME_SERVER],
    DnsSearch: [],
    DnsOptions: ['timeout:1', 'attempts:1'],
    PublishAllPorts: false,
    PortBindings: {},
    RestartPolicy: { Name: 'no' },
    // The output of a stdio server is the protocol itself: stored, it would be every tool result in the clear.
    LogConfig: spec.stdio
      ? { Type: 'none', Config: {} }
      : { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
    ...(runtime === undefined ? {} : { Runtime: runtime }),
  };
}

function limitsOf({ limits }: ContainerSpec): HostConfig {
  return {
    Memory: limits.memoryBytes,
    // Equal to the memory: no swap on top.
    MemorySwap: limits.memoryBytes,
    NanoCpus: Math.round(limits.cpus * NANO),
    PidsLimit: limits.pids,
    OomKillDisable: false,
    ShmSize: 16 * MEBIBYTE,
    Ulimits: [
      { Name: 'nofile', Soft: OPEN_FILES, Hard: OPEN_FILES },
      { Name: 'core', Soft: 0, Hard: 0 },
    ],
  };
}

function tmpfsOf(spec: ContainerSpec, imageVolumes: readonly string[]): Record<string, string> {
  const { uid, gid } = userOf(spec);
  const options = `rw,noexec,nosuid,nodev,size=${TMP_MEBIBYTES}m,uid=${uid},gid=${gid},mode=0700`;
  return Object.fromEntries(['/tmp', ...volumesInMemory(imageVolumes)].map((path) => [path, options]));
}

/** Of the paths that an image declares as volumes those that become file systems in memory. */
export const volumesInMemory = (imageVolumes: readonly string[]): readonly string[] =>
  imageVolumes
    .filter((path) => SAFE_PATH.test(path) && !RESERVED_PATH.test(path) && !path.includes('..'))
    .slice(0, MAX_VOLUMES);
