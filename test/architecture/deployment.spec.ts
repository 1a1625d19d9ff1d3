import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { loadEnv, settingsOf } from '@app/config';
import { Settings } from '../../src/app/settings';
import {
  COMPOSE_FILES,
  filledIn,
  type Found,
  isOneShot,
  isOurs,
  parsed,
  programOf,
  read,
  servicesOf,
  STACK,
} from './deployment-files';
import { ROOT } from './sources';

const SOCKET = '/var/run/docker.sock';
const FILTER = 'docker/engine-filter.mjs';
/** Entries that reach the engine, through the filter. */
const ENGINE_USERS = ['dist/src/main.provisioner.js', 'dist/src/main.all-in-one.js'];
/** Programs that begin as root: to give files away, to run bundled servers as users of their own, to open root's socket. */
const MAY_BE_ROOT = [...ENGINE_USERS, 'docker/make-keys.mjs', FILTER];
/** Root in name only needs these; nobody gets another one. */
const CAPABILITIES = new Set([
  ...['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'KILL', 'NET_BIND_SERVICE', 'SETGID', 'SETPCAP', 'SETUID'],
]);
const LOG_ROTATION = { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } };
const ROLES = ['main', 'main.gateway', 'main.worker', 'main.provisioner'].map((one) => `dist/src/${one}.js`);

const composed = COMPOSE_FILES.flatMap(servicesOf);
const stacked = servicesOf(STACK);
const rows = (found: readonly Found[]) =>
  found.map(({ file, name, service }) => [name, file, service] as const);
const each = rows([...composed, ...stacked]);
const ours = each.filter(([, , service]) => isOurs(service));

describe('E28: the deployment files', () => {
  it('have the roles apart, or all in one', () => {
    const programs = (file: string) => servicesOf(file).map(({ service }) => programOf(service));
    expect(programs('docker/compose.yaml')).toContain('dist/src/main.all-in-one.js');
    for (const file of ['docker/compose.staging.yaml', STACK])
      expect(programs(file)).toEqual(expect.arrayContaining([...ROLES, 'dist/src/main.migrate.js']));
  });

  it.each(each)('%s of %s is hardened and watched, and its log has an end', (_name, _file, service) => {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], logging: LOG_ROTATION });
    expect(service.privileged).toBeUndefined();
    expect((service.cap_add ?? []).filter((one) => !CAPABILITIES.has(one))).toEqual([]);
    // The image brings the check of our own roles; what runs once has nothing to be asked.
    const hasOwnCheck = isOurs(service) && programOf(service).startsWith('dist/');
    if (isOneShot(service)) expect(service.healthcheck).toEqual({ disable: true });
    else if (!hasOwnCheck) expect(service.healthcheck?.test?.length).toBeGreaterThan(1);
  });

  it.each(rows(composed))('%s of %s gains no privileges and has limits', (_name, _file, service) => {
    expect(service).toMatchObject({
      security_opt: ['no-new-privileges:true'],
      mem_limit: expect.any(String) as string,
      cpus: expect.any(Number) as number,
      pids_limit: expect.any(Number) as number,
    });
  });

  it.each(rows(stacked))('%s of %s has limits, and a way back from an update', (_name, _file, { deploy }) => {
    expect(deploy?.resources?.limits).toEqual({
      cpus: expect.any(String) as string,
      memory: expect.any(String) as string,
      pids: expect.any(Number) as number,
    });
    const isOnce = deploy?.restart_policy?.condition === 'on-failure';
    expect(deploy?.update_config?.failure_action).toBe(isOnce ? 'pause' : 'rollback');
    if (!isOnce) expect(deploy?.rollback_config).toBeDefined();
  });

  it.each(each)('%s of %s is an ordinary user unless it has to be root', (_name, _file, service) => {
    const isRoot = service.user?.startsWith('0') ?? false;
    if (isOurs(service)) expect(isRoot).toBe(MAY_BE_ROOT.includes(programOf(service)));
    else if (isRoot) expect(service.cap_add).toEqual(['NET_BIND_SERVICE']);
  });

  it.each(each)('%s of %s names the version of its image', (_name, _file, { image = '' }) => {
    expect(image).toMatch(/^(quayside:local|[a-z]+:v?\d+[.\w-]*|\$\{QUAYSIDE_IMAGE:\?.+\})$/);
  });

  it.each(each)('%s of %s opens no port beyond loopback', (_name, _file, { ports = [] }) => {
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it.each(each)('%s of %s reaches the engine only if it is the provisioner', (_name, _file, service) => {
    const program = programOf(service);
    const mounts = (what: string) => (service.volumes ?? []).some((volume) => volume.split(':')[0] === what);
    expect(mounts(SOCKET)).toBe(program === FILTER);
    expect(mounts('engine')).toBe([FILTER, ...ENGINE_USERS].includes(program));
    if (ENGINE_USERS.includes(program))
      expect(service.environment).toMatchObject({
        DOCKER_HOST: 'unix:///run/engine/engine.sock',
        CONTAINER_ENGINE: 'docker',
      });
    // Nobody can ask the filter but by its socket, and it can ask nobody else.
    if (program === FILTER) expect(service.network_mode ?? service.networks?.[0]).toMatch(/^(none|alone)$/);
  });

  it.each(rows(composed))('%s of %s waits for services that are there', (_name, file, service) => {
    const known = composed.filter((one) => one.file === file).map(({ name }) => name);
    expect(Object.keys(service.depends_on ?? {}).filter((name) => !known.includes(name))).toEqual([]);
  });

  it.each(ours)('%s of %s starts a program that the image has', (_name, _file, service) => {
    const source = programOf(service).replace(/^dist\/(.*)\.js$/, '$1.ts');
    expect(existsSync(join(ROOT, source))).toBe(true);
    if (!source.startsWith('src/')) expect(read('docker/Dockerfile')).toContain(source);
  });

  it.each(each)('%s of %s holds no secret in itself', (_name, _file, { environment = {} }) => {
    const secret = settingsOf(Settings)
      .filter((setting) => setting.secret)
      .map(({ name }) => name);
    expect(
      Object.keys(environment).filter((name) => secret.includes(name) || /PASSWORD$/.test(name)),
    ).toEqual([]);
  });

  it('take the secrets of a stack from Swarm alone', () => {
    const known = Object.entries(parsed(STACK).secrets ?? {});
    expect(known.filter(([, { external }]) => external !== true)).toEqual([]);
    const used = stacked.flatMap(({ service }) => (service.secrets ?? []).map(({ source }) => source));
    expect(new Set(used)).toEqual(new Set(known.map(([name]) => name)));
  });

  it('keep what shares the folders of a node on one node', () => {
    const bound = stacked.filter(({ service }) => service.networks?.[0] !== 'outward');
    for (const { service } of bound)
      expect(service.deploy?.placement?.constraints).toEqual(['node.labels.quayside.engine == true']);
  });
});

/** As docker/compose.staging.yaml gives them. */
const ADDRESSES = ['127.0.0.1:15432', '127.0.0.1:16379', 'postgres:5432', 'redis:6379'];

describe('the settings of the deployment files', () => {
  let keys: string;
  const makeKeys = () =>
    spawnSync(process.execPath, [join(ROOT, 'docker/make-keys.mjs'), keys, ...ADDRESSES], {
      encoding: 'utf8',
    });

  beforeAll(() => {
    keys = mkdtempSync(join(tmpdir(), 'quayside-keys-'));
  });
  afterAll(() => {
    rmSync(keys, { recursive: true, force: true });
  });

  it('come with random secrets that are made once and shown once', () => {
    const first = makeKeys();
    expect([first.status, first.stderr]).toEqual([0, '']);
    const names = [
      'quayside/api_key',
      'quayside/master_key',
      'quayside/database_url',
      'postgres/password',
      'redis/redis.conf',
    ];
    const contents = () => names.map((name) => readFileSync(join(keys, name), 'utf8'));
    const made = contents();
    expect(first.stdout).toContain(made[0]);
    const second = makeKeys();
    expect([second.status, second.stdout]).toEqual([0, '']);
    expect(contents()).toEqual(made);
  });

  it.each(ours.filter(([, , { environment }]) => environment !== undefined))(
    'of %s in %s are accepted by the program',
    (_name, _file, { environment = {} }) => {
      const known = settingsOf(Settings).map(({ name }) => name);
      expect(Object.keys(environment).filter((name) => !known.includes(name.replace(/_FILE$/, '')))).toEqual(
        [],
      );
      const given = Object.fromEntries(
        Object.entries(environment).map(([name, value]) => [
          name,
          filledIn(value).replace(/^\/(keys|run\/secrets)\//, (_, from: string) =>
            from === 'keys' ? `${keys}/` : `${keys}/quayside/`,
          ),
        ]),
      );
      expect(() => loadEnv(Settings, { ...given, NODE_ENV: 'production' })).not.toThrow();
    },
  );
});

describe('the routes of Traefik', () => {
  interface Routes {
    readonly http: { readonly routers: { readonly gateway: { readonly rule: string } } };
  }
  const rules = [
    ...(parse(read('docker/traefik.yaml')) as Routes).http.routers.gateway.rule.matchAll(
      /(Path|PathPrefix)\(`([^`]+)`\)/g,
    ),
  ].map(([, kind = '', path = '']) => ({ isPrefix: kind === 'PathPrefix', path }));
  const isForGateway = (url: string): boolean =>
    rules.some(({ isPrefix, path }) => (isPrefix ? url.startsWith(path) : url === path));

  const routes = [
    ...read('docs/permissions.md').matchAll(/^\| [A-Z]+ \| `([^`]+)` .* \| (api|gateway) \|$/gm),
  ].map(([, path = '', role = '']) => ({ url: path.replaceAll(/\{\w+\}/g, 'something'), role }));

  it('send each path to the process that has it, printed paths too', () => {
    expect(routes.length).toBeGreaterThan(30);
    for (const { url, role } of routes) {
      for (const path of [url, url.replace('/api/v1/mcp/', '/mcp/')]) {
        expect([path, isForGateway(path)]).toEqual([path, role === 'gateway']);
      }
    }
  });

  it('send the MCP endpoints to the gateway', () => {
    const faces = ['/mcp', '/servers/notes/mcp', '/endpoints/mine/mcp'];
    const metadata = '/.well-known/oauth-protected-resource';
    const all = [...faces, ...faces.map((path) => `${metadata}${path}`)];
    expect(all.filter((path) => !isForGateway(path))).toEqual([]);
    expect(['/health', '/docs', '/openapi.json', '/mcpx'].map(isForGateway)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('the Dockerfile', () => {
  const text = read('docker/Dockerfile');
  const ignore = read('.dockerignore').split('\n');

  it('copies what is there and what the context lets through', () => {
    const copied = [...text.matchAll(/^COPY (?!--from)(.+)$/gm)].flatMap((match) =>
      (match[1] ?? '').split(' ').slice(0, -1),
    );
    expect(copied.length).toBeGreaterThan(5);
    for (const path of copied) {
      expect([path, existsSync(join(ROOT, path))]).toEqual([path, true]);
      expect(ignore).toContain(`!${path}`);
    }
  });

  it('ends as an ordinary user, with a check that exists', () => {
    const last = text.slice(text.lastIndexOf('\nFROM '));
    expect(last).toMatch(/^USER 65532:65532$/m);
    const check = /HEALTHCHECK .* CMD \["node", "([^"]+)"\]/.exec(last)?.[1] ?? '';
    expect(existsSync(join(ROOT, check))).toBe(true);
    expect(last).toMatch(/^ENV NODE_ENV=production /m);
    expect(last).not.toMatch(/^RUN .*(curl|apt-get|npm)/m);
  });

  it('names a program for each main', () => {
    for (const [, program = ''] of text.matchAll(/\b(main(?:\.[a-z-]+)?)\.js/g))
      expect(existsSync(join(ROOT, 'src', `${program}.ts`))).toBe(true);
  });

  it('needs the Node that the package asks for', () => {
    const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
    const [wantedMajor = 0, wantedMinor = 0] = engines.node.replace('>=', '').split('.').map(Number);
    const [major = 0, minor = 0] = (/NODE_IMAGE=node:([\d.]+)/.exec(text)?.[1] ?? '').split('.').map(Number);
    expect(major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)).toBe(true);
  });
});
