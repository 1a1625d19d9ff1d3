// Images for tests, made without a registry: one layer with this machine's Node, the libraries it links to, the
// fixtures and the official servers; every image is that layer with another command.
import { createHash } from 'node:crypto';
import {
  cpSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { engineRequest } from './engine-request.mjs';
import { run } from './processes.mjs';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const FIXTURES = join(ROOT, 'test/fixtures/images');
const BUNDLED = join(ROOT, 'dist/src/bundled');
/** The server for the official scenarios. */
const CONFORMANCE = join(ROOT, 'test/conformance/fixture');
const NODE = '/usr/local/bin/node';
const APP = '/app';
const BASE = 'quayside-test/base:latest';
const SERVERS = ['everything', 'filesystem', 'memory'].map((name) => `@modelcontextprotocol/server-${name}`);
const PACKAGES = [...SERVERS, '@modelcontextprotocol/server'];
/** Another number when what this file makes of the same sources changes. */
const RECIPE = 5;
const IMPORT_WITHIN_MS = 300_000;

const server = (name) => `${APP}/node_modules/@modelcontextprotocol/server-${name}/dist/index.js`;
/** The echo server of the product itself. */
const OWN_ECHO = ['echo.js', 'program-protocol.js', 'program-transports.js'];
const inMode = (mode) => ({
  tags: [`quayside-test/${mode}`],
  entrypoint: [`${APP}/server.mjs`],
  env: { MODE: mode },
  port: 8080,
});
const misbehaving = (how) => ({
  tags: [`quayside-test/${how}`],
  entrypoint: [`${APP}/misbehave.mjs`, how],
  port: 8080,
});

const conformance = (era) => ({
  tags: [`quayside-test/conformance-${era}`],
  entrypoint: [`${APP}/conformance/program.mjs`],
  cmd: ['--stdio', '--era', era],
});

/** `entrypoint` and `cmd` without node itself, which comes before them. Without a port: over stdio. */
export const IMAGES = [
  {
    tags: ['quayside-test/echo', 'agentarea/echo'],
    entrypoint: [`${APP}/bundled/echo.js`],
    cmd: ['--http', '8080'],
    port: 8080,
  },
  { tags: ['quayside-test/echo-stdio'], entrypoint: [`${APP}/echo-stdio.mjs`] },
  // Tools that crash, hang, allocate, or tell whether a variable arrived.
  { tags: ['quayside-test/normal'], entrypoint: [`${APP}/server.mjs`], port: 8080 },
  { tags: ['quayside-test/needs-key'], entrypoint: [`${APP}/needs-key.mjs`], port: 8080 },
  {
    tags: ['quayside-test/everything-http'],
    entrypoint: [server('everything')],
    cmd: ['streamableHttp'],
    port: 3001,
  },
  { tags: ['quayside-test/everything-stdio'], entrypoint: [server('everything')], cmd: ['stdio'] },
  {
    tags: ['quayside-test/filesystem', 'mcp/filesystem'],
    entrypoint: [server('filesystem')],
    cmd: ['/data', '/tmp'],
  },
  {
    tags: ['quayside-test/memory'],
    entrypoint: [server('memory')],
    env: { MEMORY_FILE_PATH: '/tmp/memory.jsonl' },
  },
  ...['older', 'newer'].map(conformance),
  ...['exits', 'silent', 'oom', 'slow-start', 'prints-secrets'].map(inMode),
  ...['never-listens', 'not-mcp', 'ignores-term', 'floods'].map(misbehaving),
  // Starts a program that is not there.
  { tags: ['quayside-test/no-program'], entrypoint: [], cmd: ['/no/such/program'], isNode: false },
];

/**
 * Makes every image on the engine. `cacheFolder` keeps the layer between runs, named by a hash of all that is in it.
 * Answers with the tags.
 */
export async function buildImages({ socketPath }, cacheFolder) {
  const archive = baseArchive(cacheFolder);
  await importArchive(socketPath, archive);
  for (const image of IMAGES) await commit(socketPath, image);
  return IMAGES.flatMap(({ tags }) => tags.map((tag) => `${tag}:latest`));
}

function baseArchive(cacheFolder) {
  const hash = createHash('sha256').update(`recipe ${RECIPE}`);
  const node = statSync(process.execPath);
  hash.update(`${process.version} ${process.arch} ${node.size} ${node.mtimeMs}`);
  hash.update(readFileSync(join(ROOT, 'package-lock.json')));
  for (const folder of [FIXTURES, CONFORMANCE]) {
    for (const name of readdirSync(folder).sort()) hash.update(name).update(readFileSync(join(folder, name)));
  }
  for (const name of OWN_ECHO) hash.update(readFileSync(join(BUNDLED, name)));
  mkdirSync(cacheFolder, { recursive: true });
  const archive = join(cacheFolder, `test-image-${hash.digest('hex').slice(0, 16)}.tar`);
  if (!existsSync(archive)) pack(archive, cacheFolder);
  return archive;
}

function pack(archive, cacheFolder) {
  for (const old of readdirSync(cacheFolder)) {
    if (/^test-image-[0-9a-f]+\.tar$/.test(old)) rmSync(join(cacheFolder, old), { force: true });
  }
  const stage = mkdtempSync(join(cacheFolder, 'stage-'));
  try {
    fill(stage);
    // Under a name of its own until it is whole: another copy may be at it as well.
    const fresh = `${stage}.tar`;
    const packed = run('tar', [
      '--create',
      '--file',
      fresh,
      '--owner=0',
      '--group=0',
      '--numeric-owner',
      '--mode=a+rX',
      '-C',
      stage,
      '.',
    ]);
    if (!packed.ok) throw new Error(`tar failed: ${packed.words}`);
    renameSync(fresh, archive);
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

function fill(stage) {
  const put = (source, target) => cpSync(source, join(stage, target), { dereference: true, recursive: true });
  put(process.execPath, NODE);
  for (const library of librariesOf(process.execPath)) put(library, library);
  put(FIXTURES, APP);
  put(CONFORMANCE, join(APP, 'conformance'));
  for (const name of OWN_ECHO) put(join(BUNDLED, name), join(APP, 'bundled', name));
  for (const folder of packagesWith(PACKAGES)) put(folder, join(APP, folder.slice(ROOT.length + 1)));
  const write = (path, content) => {
    mkdirSync(join(stage, dirname(path)), { recursive: true });
    writeFileSync(join(stage, path), content);
  };
  write('/etc/passwd', 'root:x:0:0:root:/:/nonexistent\nserver:x:65532:65532:server:/tmp:/nonexistent\n');
  write('/etc/group', 'root:x:0:\nserver:x:65532:\n');
  write('/data/hello.txt', 'hello from the image\n');
  for (const folder of ['/tmp', '/run', '/proc', '/sys', '/dev'])
    mkdirSync(join(stage, folder), { recursive: true });
}

/** What the dynamic linker would load, with the linker itself. */
export function librariesOf(program) {
  const listed = run('ldd', [program]);
  // A static program has none.
  if (!listed.ok) return [];
  return [...new Set([...listed.stdout.matchAll(/(?:=> )?(\/[^\s]+) \(0x/g)].map(([, path]) => path))];
}

/** The folders of packages and of everything they depend on, as npm laid them out. */
export function packagesWith(names, { isWithOptional = false } = {}) {
  const found = new Set();
  const visit = (name, from) => {
    const folder = resolvePackage(name, from);
    if (folder === undefined || found.has(folder)) return;
    found.add(folder);
    const { dependencies = {}, optionalDependencies = {} } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    );
    const wanted = isWithOptional ? { ...dependencies, ...optionalDependencies } : dependencies;
    for (const dependency of Object.keys(wanted)) visit(dependency, folder);
  };
  for (const name of names) visit(name, ROOT);
  // A nested package lies inside its owner's folder, which is copied whole.
  return [...found].filter(
    (folder) => ![...found].some((other) => other !== folder && folder.startsWith(`${other}/`)),
  );
}

function resolvePackage(name, from) {
  for (let folder = from; folder.startsWith(ROOT); folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
  }
  return undefined;
}

async function importArchive(socketPath, archive) {
  const [repo, tag] = BASE.split(':');
  const changes = encodeURIComponent('ENV PATH=/usr/local/bin:/usr/bin:/bin');
  const { text } = await engineRequest(
    socketPath,
    'POST',
    `/images/create?fromSrc=-&repo=${repo}&tag=${tag}&changes=${changes}`,
    {
      body: createReadStream(archive),
      contentType: 'application/x-tar',
      timeoutMs: IMPORT_WITHIN_MS,
    },
  );
  const failure = /"error":"([^"]*)"/.exec(text)?.[1];
  if (failure !== undefined) throw new Error(`the image could not be imported: ${failure}`);
}

async function commit(socketPath, { tags, entrypoint, cmd = [], env = {}, port, isNode = true }) {
  const config = {
    Entrypoint: isNode ? [NODE, ...entrypoint] : null,
    Cmd: cmd,
    Env: [
      'PATH=/usr/local/bin:/usr/bin:/bin',
      ...(port === undefined ? [] : [`PORT=${port}`]),
      ...Object.entries(env).map(([key, value]) => `${key}=${value}`),
    ],
    Labels: { 'quayside.test': 'true' },
    WorkingDir: APP,
    ...(port === undefined ? {} : { ExposedPorts: { [`${port}/tcp`]: {} } }),
  };
  const { body } = await engineRequest(socketPath, 'POST', '/containers/create', {
    body: { Image: BASE, Cmd: ['none'], HostConfig: { NetworkMode: 'none' } },
  });
  try {
    for (const repo of tags)
      await engineRequest(socketPath, 'POST', `/commit?container=${body.Id}&repo=${repo}&tag=latest`, {
        body: config,
      });
  } finally {
    await engineRequest(socketPath, 'DELETE', `/containers/${body.Id}?force=1`);
  }
}

/** Runs a container with limits, because some machines start an engine and then cannot run anything on it. undefined when it ran. */
export async function obstacleToContainers({ socketPath }) {
  let id;
  try {
    const limits = {
      Memory: 268435456,
      MemorySwap: 268435456,
      NanoCpus: 500000000,
      PidsLimit: 64,
      NetworkMode: 'none',
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      Init: true,
    };
    const created = await engineRequest(socketPath, 'POST', '/containers/create', {
      body: { Image: BASE, Cmd: [NODE, '-e', 'process.exit(42)'], HostConfig: limits },
    });
    id = created.body.Id;
    await engineRequest(socketPath, 'POST', `/containers/${id}/start`);
    const { body } = await engineRequest(socketPath, 'POST', `/containers/${id}/wait`);
    return body.StatusCode === 42 ? undefined : `a container ended with code ${body.StatusCode}`;
  } catch (error) {
    return `no container can run here: ${error.message}`;
  } finally {
    if (id !== undefined)
      await engineRequest(socketPath, 'DELETE', `/containers/${id}?force=1`).catch(() => undefined);
  }
}
