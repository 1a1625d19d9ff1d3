import { DEFAULT_LIMITS, type ContainerSpec } from '../container-spec';
import { type HardeningContext, hardenedHostConfig, userOf } from './hardening';

const spec: ContainerSpec = {
  identity: { installation: 'i', instanceId: 'x', generation: 1, replica: 0, specHash: 'h' },
  workload: { kind: 'image', image: 'a' },
  environment: {},
  limits: DEFAULT_LIMITS,
  stdio: false,
  networkId: 'net',
};
const made = (changes: Partial<ContainerSpec> = {}, context: Partial<HardeningContext> = {}) =>
  hardenedHostConfig({
    spec: { ...spec, ...changes },
    mounts: [],
    imageVolumes: [],
    runtime: undefined,
    ...context,
  });

describe('hardenedHostConfig', () => {
  it('takes everything away that a server does not need', () => {
    expect(made()).toMatchObject({
      Privileged: false,
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      CapAdd: [],
      SecurityOpt: ['no-new-privileges:true'],
      Init: true,
      IpcMode: 'private',
      PidsLimit: 128,
      Memory: 268_435_456,
      MemorySwap: 268_435_456,
      NanoCpus: 500_000_000,
      OomKillDisable: false,
      ShmSize: 16_777_216,
      Binds: [],
      PublishAllPorts: false,
      RestartPolicy: { Name: 'no' },
      NetworkMode: 'net',
      Tmpfs: { '/tmp': 'rw,noexec,nosuid,nodev,size=64m,uid=65532,gid=65532,mode=0700' },
    });
  });

  it.each([
    'Devices',
    'PidMode',
    'UsernsMode',
    'UTSMode',
    'VolumesFrom',
    'Links',
    'ExtraHosts',
    'Sysctls',
  ] as const)('never sets %s', (option) => {
    expect(made()).not.toHaveProperty(option);
  });

  it('stores no output of a server whose output is the protocol', () => {
    expect(made({ stdio: true }).LogConfig?.Type).toBe('none');
    expect(made().LogConfig).toEqual({ Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } });
  });

  it('has no network without one of its own', () => {
    const { networkId: _, ...alone } = spec;
    expect(
      hardenedHostConfig({ spec: alone, mounts: [], imageVolumes: [], runtime: undefined }).NetworkMode,
    ).toBe('none');
  });

  it('turns volumes of the image into memory, but not where they would hide something', () => {
    const { Tmpfs } = made({}, { imageVolumes: ['/data', '/etc', '/run/secrets', '/a:b', '/x/../etc', '/'] });
    expect(Object.keys(Tmpfs ?? {})).toEqual(['/tmp', '/data']);
  });

  it('mounts read-only', () => {
    const { Mounts } = made({}, { mounts: [{ source: '/a', target: '/b' }] });
    expect(Mounts).toEqual([{ Type: 'bind', Source: '/a', Target: '/b', ReadOnly: true }]);
  });
});

describe('userOf', () => {
  it('is never root', () => {
    expect(userOf(spec)).toEqual({ uid: 65_532, gid: 65_532 });
    expect(() => userOf({ ...spec, user: { uid: 0, gid: 1 } })).toThrow('never runs as root');
  });
});
