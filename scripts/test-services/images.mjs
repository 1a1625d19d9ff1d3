// The images of the tests, made without a registry: one base with this machine's node and the libraries it links to, and
// small layers on it.
import { spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { ROOT } from '../prepare.mjs';

const BASE = 'quayside-test/node:latest';
const REQUEST_LIMIT_MS = 120_000;

const NODE = `FROM ${BASE}`;
const OFFICIAL = 'quayside-test/official:latest';
const FIXTURE = 'quayside-test/normal:latest';
const SERVER = (name) => `/app/node_modules/@modelcontextprotocol/server-${name}/dist/index.js`;
const COPY = 'COPY --chown=65532:65532 app /app';

const official = (name, tags, args, more = []) => ({
  tags,
  lines: [`FROM ${OFFICIAL}`, ...more, `ENTRYPOINT ${JSON.stringify(['/bin/node', SERVER(name), ...args])}`],
});
const misbehaving = (mode) => ({
  tags: [`quayside-test/${mode}:latest`],
  lines: [`FROM ${FIXTURE}`, `ENV MODE=${mode}`],
});

/** Everything a test or a printed example may ask for, each after what it is made from. */
const IMAGES = [
  {
    tags: ['quayside-test/echo:latest', 'agentarea/echo:latest'],
    files: ['echo.js', 'program-protocol.js', 'program-transports.js'].map((name) => [
      `dist/src/bundled/${name}`,
      `app/${name}`,
    ]),
    lines: [NODE, COPY, 'ENTRYPOINT ["/bin/node", "/app/echo.js"]', 'CMD ["--http", "8080"]'],
  },
  {
    tags: [OFFICIAL],
    packages: ['everything', 'filesystem', 'memory'].map((name) => `@modelcontextprotocol/server-${name}`),
    lines: [NODE, COPY],
  },
  official('everything', ['quayside-test/everything-http:latest'], ['streamableHttp'], ['ENV PORT=3001']),
  official('everything', ['quayside-test/everything-stdio:latest'], ['stdio']),
  official('filesystem', ['quayside-test/filesystem:latest', 'mcp/filesystem:latest'], ['/tmp']),
  official('memory', ['quayside-test/memory:latest'], [], ['ENV MEMORY_FILE_PATH=/tmp/memory.jsonl']),
  {
    tags: [FIXTURE],
    files: [['test/fixtures/images/server.mjs', 'app/server.mjs']],
    lines: [NODE, COPY, 'ENTRYPOINT ["/bin/node", "/app/server.mjs"]'],
  },
  ...['exits', 'silent', 'oom', 'slow-start', 'prints-secrets'].map(misbehaving),
];

export async function buildImages(socketPath) {
  const folder = mkdtempSync(join(tmpdir(), 'quayside-images-'));
  try {
    await importBase(socketPath, join(folder, 'base'));
    for (const [index, image] of IMAGES.entries())
      await buildImage(socketPath, join(folder, String(index)), image);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function librariesOf(program) {
  const { stdout } = spawnSync('ldd', [program], { encoding: 'utf8' });
  return [...stdout.matchAll(/(\/[^\s()]+)/g)].map((match) => match[1]);
}

async function importBase(socketPath, folder) {
  const put = (from, to) => {
    mkdirSync(dirname(join(folder, to)), { recursive: true });
    copyFileSync(realpathSync(from), join(folder, to));
  };
  put(process.execPath, 'bin/node');
  for (const library of librariesOf(process.execPath)) put(library, library.slice(1));
  mkdirSync(join(folder, 'tmp'), { recursive: true, mode: 0o1777 });
  mkdirSync(join(folder, 'etc'), { recursive: true });
  writeFileSync(join(folder, 'etc/passwd'), 'root:x:0:0::/:/none\nmcp:x:65532:65532::/tmp:/none\n');
  const changes = ['USER 65532:65532', 'WORKDIR /tmp', 'ENV PATH=/bin']
    .map((line) => `&changes=${encodeURIComponent(line)}`)
    .join('');
  await send(socketPath, `/images/create?fromSrc=-&repo=quayside-test%2Fnode&tag=latest${changes}`, folder);
}

async function buildImage(socketPath, folder, { tags, files = [], packages = [], lines }) {
  mkdirSync(join(folder, 'app'), { recursive: true });
  for (const [from, to] of files) copyFileSync(join(ROOT, from), join(folder, to));
  for (const name of packages) copyPackage(name, join(folder, 'app'));
  writeFileSync(join(folder, 'Dockerfile'), `${lines.join('\n')}\n`);
  await send(
    socketPath,
    `/build?${tags.map((tag) => `t=${encodeURIComponent(tag)}`).join('&')}&forcerm=1`,
    folder,
  );
}

/** The package and all it needs, each at the place where Node found it. */
function copyPackage(name, target) {
  const seen = new Set();
  const take = (wanted, from) => {
    const home = resolvePackage(wanted, from);
    if (home === undefined || seen.has(home)) return;
    seen.add(home);
    cpSync(home, join(target, relative(ROOT, home)), {
      recursive: true,
      dereference: true,
      filter: (path) => isNeeded(path.slice(home.length)),
    });
    const { dependencies = {} } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
    for (const dependency of Object.keys(dependencies)) take(dependency, home);
  };
  take(name, ROOT);
}

/** Half of the files of a package are for people and compilers; each costs time in every layer. */
const isNeeded = (path) => !path.includes('/node_modules') && !/\.(map|md|ts|mts|cts|flow)$/.test(path);

function resolvePackage(name, from) {
  for (let folder = from; folder.startsWith(ROOT); folder = dirname(folder)) {
    const home = join(folder, 'node_modules', name);
    if (existsSync(join(home, 'package.json'))) return home;
  }
  return undefined;
}

/** Posts a folder as a tar; the engine reports a failed build with status 200 and an error in its last lines. */
function send(socketPath, path, folder) {
  return new Promise((resolve, reject) => {
    const tar = spawn('tar', ['-C', folder, '-c', '.'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const call = request(
      {
        socketPath,
        path,
        method: 'POST',
        headers: { 'content-type': 'application/x-tar' },
        timeout: REQUEST_LIMIT_MS,
      },
      (answer) => {
        let said = '';
        answer.setEncoding('utf8').on('data', (chunk) => (said += chunk));
        answer.once('end', () =>
          answer.statusCode < 300 && !said.includes('"error"')
            ? resolve()
            : reject(new Error(`The engine refused an image: ${said.slice(-500)}`)),
        );
      },
    );
    call.once('timeout', () => call.destroy(new Error('The engine did not answer.')));
    call.once('error', reject);
    tar.stdout.pipe(call);
  });
}
