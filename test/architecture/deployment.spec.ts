import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { loadEnv, settingsOf } from '@app/config';
import { Settings } from '../../src/app/settings';
import { ROOT } from './sources';

interface Service {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly restart?: string;
  readonly read_only?: boolean;
  readonly privileged?: boolean;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly mem_limit?: string;
  readonly cpus?: number;
  readonly pids_limit?: number;
  readonly depends_on?: Readonly<Record<string, object>>;
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const OURS = 'quayside:local';
const SOCKET = '/var/run/docker.sock';
/** Entries that hold the engine. */
const ENGINE_USERS = ['dist/src/main.provisioner.js', 'dist/src/main.all-in-one.js'];
/** Root in name only needs these; nobody gets another one. */
const CAPABILITIES = new Set([
  ...['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'KILL', 'NET_BIND_SERVICE', 'SETGID', 'SETPCAP', 'SETUID'],
]);
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const isOneShot = ({ restart }: Service): boolean => restart === 'no';

const services = ['docker/compose.yaml', 'docker/compose.staging.yaml'].flatMap((file) => {
  const { services: found } = parse(read(file), { merge: true }) as Compose;
  return Object.entries(found).map(([name, service]) => ({ file, name, service }));
});
const each = services.map(({ file, name, service }) => [name, file, service] as const);
const ours = each.filter(([, , { image }]) => image === OURS);

describe('the compose files', () => {
  it('have the roles apart, or all in one', () => {
    const commands = (file: string) =>
      services.filter((one) => one.file === file).map(({ service }) => service.command?.[0]);
    expect(commands('docker/compose.yaml')).toContain('dist/src/main.all-in-one.js');
    expect(commands('docker/compose.staging.yaml')).toEqual(
      expect.arrayContaining(
        ['main', 'main.gateway', 'main.worker', 'main.provisioner'].map((one) => `dist/src/${one}.js`),
      ),
    );
  });

  it.each(each)('%s of %s is hardened, limited and watched', (_name, _file, service) => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      mem_limit: expect.any(String) as string,
      cpus: expect.any(Number) as number,
      pids_limit: expect.any(Number) as number,
    });
    expect(service.privileged).toBeUndefined();
    expect((service.cap_add ?? []).filter((one) => !CAPABILITIES.has(one))).toEqual([]);
    // The image brings the check of our own services; what runs once has nothing to be asked.
    if (isOneShot(service)) expect(service.healthcheck).toEqual({ disable: true });
    else if (service.image !== OURS) expect(service.healthcheck?.test?.length).toBeGreaterThan(1);
  });

  it.each(each)('%s of %s opens no port beyond loopback', (_name, _file, { ports = [] }) => {
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it.each(each)('%s of %s has the engine only if it is the provisioner', (_name, _file, service) => {
    const hasSocket = (service.volumes ?? []).some((volume) => volume.includes('docker.sock'));
    const isUser = service.image === OURS && ENGINE_USERS.includes(service.command?.[0] ?? '');
    expect(hasSocket).toBe(isUser);
    if (hasSocket)
      expect(service.environment).toMatchObject({
        DOCKER_HOST: `unix://${SOCKET}`,
        CONTAINER_ENGINE: 'docker',
      });
  });

  it.each(each)('%s of %s waits for services that are there', (_name, file, { depends_on: needed = {} }) => {
    const known = services.filter((one) => one.file === file).map(({ name }) => name);
    expect(Object.keys(needed).filter((name) => !known.includes(name))).toEqual([]);
  });

  it.each(ours)('%s of %s starts a program that the image has', (_name, _file, { command = [] }) => {
    const [program = ''] = command;
    const source = program.replace(/^dist\/(.*)\.js$/, '$1.ts');
    expect(existsSync(join(ROOT, source))).toBe(true);
  });

  it.each(each)('%s of %s holds no secret in itself', (_name, _file, { environment = {} }) => {
    const secret = settingsOf(Settings)
      .filter((setting) => setting.secret)
      .map(({ name }) => name);
    expect(
      Object.keys(environment).filter((name) => secret.includes(name) || /PASSWORD$/.test(name)),
    ).toEqual([]);
  });
});

describe('the settings of the compose files', () => {
  let keys: string;
  const makeKeys = () =>
    spawnSync(
      process.execPath,
      [join(ROOT, 'docker/make-keys.mjs'), keys, '127.0.0.1:15432', '127.0.0.1:16379'],
      {
        encoding: 'utf8',
      },
    );

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
          value.replace(/^\/keys\//, `${keys}/`).replace(/^\$\{\w+:-(.*)\}$/, '$1'),
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
