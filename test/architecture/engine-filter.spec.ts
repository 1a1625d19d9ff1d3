import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_LIMITS, DockerEngine } from '@app/container-engine';
import { ROOT } from './sources';

const OWN_ID = 'a'.repeat(64);
const OTHER_ID = 'b'.repeat(64);
const LABELS = { 'quayside.installation': 'i', 'quayside.instance': 'one' };

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly body: string;
}

/** Answers as an engine with one container of ours and one of somebody else. */
function fakeEngine(asked: Asked[]): Server {
  return createServer((incoming, outgoing) => {
    let body = '';
    incoming.setEncoding('utf8').on('data', (part: string) => (body += part));
    incoming.on('end', () => {
      const url = incoming.url ?? '';
      asked.push({ method: incoming.method ?? '', url, body });
      const isInspect = /^\/containers\/([^/]+)\/json/.exec(url)?.[1];
      const isUnknown = isInspect !== undefined && ![OWN_ID, OTHER_ID].includes(isInspect);
      const answers =
        isInspect === undefined ? {} : { Config: { Labels: isInspect === OWN_ID ? LABELS : {} } };
      outgoing.writeHead(isUnknown ? 404 : 200, { 'content-type': 'application/json' });
      outgoing.end(JSON.stringify(url === '/containers/create' ? { Id: OWN_ID } : answers));
    });
  });
}

describe('the way to the engine', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quayside-filter-'));
  const engineSocket = join(folder, 'engine.sock');
  const ownSocket = join(folder, 'own.sock');
  const asked: Asked[] = [];
  let engine: Server;
  let filter: ChildProcess;

  beforeAll(async () => {
    engine = fakeEngine(asked).listen(engineSocket);
    filter = spawn(process.execPath, [join(ROOT, 'docker/engine-filter.mjs'), engineSocket, ownSocket]);
    const [line] = (await once(filter.stdout ?? engine, 'data')) as [Buffer];
    expect(line.toString()).toContain('guards');
  });
  afterAll(async () => {
    const ended = once(filter, 'exit');
    filter.kill();
    await ended;
    engine.closeAllConnections();
    engine.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const send = (method: string, path: string, body?: unknown) =>
    new Promise<number>((resolve, reject) => {
      const call = request({ socketPath: ownSocket, method, path, agent: false }, (answer) => {
        answer.resume().once('end', () => {
          resolve(answer.statusCode ?? 0);
        });
      });
      call.once('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
    });
  /** What the engine heard of a request, beside what the filter asked it by itself. */
  const heard = (method: string, url: string) =>
    asked.filter((one) => one.method === method && one.url === url);

  /** What the product itself asks for, taken from its own lips. */
  async function created(): Promise<Record<string, unknown> & { HostConfig: Record<string, unknown> }> {
    const product = new DockerEngine({
      host: `unix://${engineSocket}`,
      secretsFolder: '/dev/shm/quayside-x',
    });
    const identity = { installation: 'i', instanceId: 'one', generation: 1, replica: 0, specHash: 'h' };
    await product.create({
      ...{ identity, environment: { A: 'b' }, limits: DEFAULT_LIMITS, stdio: false },
      ...{ workload: { kind: 'image', image: 'echo' }, command: ['run'], networkId: 'c'.repeat(64) },
    });
    await product.close();
    const call = asked.findLast(({ url }) => url.startsWith('/containers/create'));
    return JSON.parse(call?.body ?? '{}') as Record<string, unknown> & {
      HostConfig: Record<string, unknown>;
    };
  }

  it('is open for what the product makes, and gives it on as it is', async () => {
    const wanted = await created();
    expect(await send('POST', '/containers/create?name=quayside-one', wanted)).toBe(200);
    const [given] = heard('POST', '/containers/create?name=quayside-one');
    expect(JSON.parse(given?.body ?? '')).toEqual(wanted);
  });

  it.each([
    ['a privilege', { Privileged: true }],
    ['a capability', { CapAdd: ['SYS_ADMIN'] }],
    ['the files of the machine', { Binds: ['/:/host'] }],
    [
      'a mount from elsewhere',
      { Mounts: [{ Type: 'bind', Source: '/var/run/docker.sock', Target: '/s', ReadOnly: true }] },
    ],
    [
      'a way out of the folder of secrets',
      { Mounts: [{ Type: 'bind', Source: '/dev/shm/quayside-x/../../etc', Target: '/s', ReadOnly: true }] },
    ],
    [
      'a mount that may be written',
      { Mounts: [{ Type: 'bind', Source: '/dev/shm/quayside-x/launcher', Target: '/s', ReadOnly: false }] },
    ],
    ["the host's network", { NetworkMode: 'host' }],
    ["another's network", { NetworkMode: `container:${OTHER_ID}` }],
    ["the host's processes", { PidMode: 'host' }],
    ['a device', { Devices: [{ PathOnHost: '/dev/sda' }] }],
    ['no confinement', { SecurityOpt: ['seccomp=unconfined'] }],
    ['a port of the machine', { PortBindings: { '80/tcp': [{ HostPort: '80' }] } }],
    ['a key in another case', { privileged: true }],
  ])('refuses a container with %s', async (_what, change) => {
    const wanted = await created();
    const before = asked.length;
    const changed = { ...wanted, HostConfig: { ...wanted.HostConfig, ...change } };
    expect(await send('POST', '/containers/create', changed)).toBe(403);
    expect(asked.length).toBe(before);
  });

  it('refuses a container that is root, that is nobody`s, or whose protections are left out', async () => {
    const wanted = await created();
    const without = (key: string, from: object) =>
      Object.fromEntries(Object.entries(from).filter(([k]) => k !== key));
    for (const bad of [
      { ...wanted, User: '0:0' },
      without('User', wanted),
      { ...wanted, Labels: {} },
      without('HostConfig', wanted),
      { ...wanted, HostConfig: without('SecurityOpt', wanted.HostConfig) },
      { ...wanted, hostconfig: { Privileged: true } },
      { ...wanted, NetworkingConfig: { EndpointsConfig: { other: {} } } },
      [],
    ])
      expect(await send('POST', '/containers/create', bad)).toBe(403);
  });

  it('knows the containers of instances from those of others', async () => {
    expect(await send('POST', `/containers/${OWN_ID}/stop?t=1`)).toBe(200);
    expect(await send('POST', `/containers/${OTHER_ID}/stop?t=1`)).toBe(403);
    expect(await send('DELETE', `/containers/${OTHER_ID}?force=1`)).toBe(403);
    expect(await send('GET', `/containers/${OTHER_ID}/json`)).toBe(403);
    expect(await send('GET', `/containers/${OTHER_ID}/logs?stdout=1`)).toBe(403);
    expect(heard('POST', `/containers/${OTHER_ID}/stop?t=1`)).toEqual([]);
    // What is not there is told in the engine's own words.
    expect(await send('GET', '/containers/nothing/json')).toBe(404);
  });

  it.each([
    ['POST', `/containers/${OWN_ID}/exec`],
    ['GET', `/containers/${OWN_ID}/archive?path=/`],
    ['POST', '/build'],
    ['POST', '/images/load'],
    ['POST', '/images/create?fromSrc=-&repo=x'],
    ['DELETE', '/images/postgres'],
    ['POST', '/volumes/create'],
    ['POST', '/swarm/init'],
    ['GET', '/containers/json?all=1'],
    ['GET', '/secrets'],
    ['POST', `/v1.20/containers/${OWN_ID}/start`],
    ['GET', '/containers/json/../../volumes'],
    ['GET', '//info'],
    ['GET', '/%69nfo'],
  ])('refuses %s %s', async (method, path) => {
    const before = asked.length;
    expect(await send(method, path)).toBe(403);
    expect(asked.length).toBe(before);
  });

  it('refuses a network that leads out', async () => {
    const network = { Name: 'n', Driver: 'bridge', Internal: true, Labels: LABELS };
    expect(await send('POST', '/networks/create', network)).toBe(200);
    expect(await send('POST', '/networks/create', { ...network, Internal: false })).toBe(403);
    expect(await send('POST', '/networks/create', { ...network, Driver: 'host' })).toBe(403);
  });
});
