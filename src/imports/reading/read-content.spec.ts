import { ImportUnreadableError } from '../domain/import.errors';
import { type Found, type FoundServer, isRefused } from '../domain/found-server';
import { draftOf } from '../planning/plan-item';
import { readContent } from './read-content';

const serverOf = (content: string): FoundServer => {
  const [first] = readContent(content).found;
  if (first === undefined || isRefused(first)) throw new Error(`refused: ${JSON.stringify(first)}`);
  return first;
};
const refusalOf = (content: string): string => {
  const [first] = readContent(content).found;
  return first === undefined
    ? 'nothing'
    : isRefused(first)
      ? first.refusal
      : (draftOf(first).refusal ?? 'taken');
};
const json = (value: unknown): string => JSON.stringify(value);

describe('what a pasted text is taken for', () => {
  it.each([
    ['mcp/time:1.0', 'image', 'time'],
    ['ghcr.io/example/mcp-server-weather@sha256:' + 'a'.repeat(64), 'image', 'weather'],
    ['https://mcp.example.com/mcp', 'url', 'example'],
    ['docker run -i --rm mcp/github', 'docker_run', 'github'],
    ['sudo docker run -it --rm \\\n  -e "A=b c" mcp/github', 'docker_run', 'github'],
    ['npx -y @modelcontextprotocol/server-everything', 'npx', 'everything'],
    ['uvx mcp-server-fetch', 'uvx', 'fetch'],
    ['uv tool run some-mcp-server==1.2', 'uvx', 'some'],
    ['# two\nnpx -y one\nhttps://two.example.com/mcp', 'lines', 'one'],
    [json({ mcpServers: { docs: { url: 'https://docs.example.com/mcp' } } }), 'client_config', 'docs'],
    [
      '{ // VS Code\n "servers": { "docs": { "type": "http", "url": "https://d.example.com/mcp", }, } }',
      'client_config',
      'docs',
    ],
    [json({ mcpServers: { wind: { serverUrl: 'https://w.example.com/mcp' } } }), 'client_config', 'wind'],
    [json({ mcpServers: { gem: { httpUrl: 'https://g.example.com/mcp' } } }), 'client_config', 'gem'],
    [json({ context_servers: { zed: { url: 'https://z.example.com/mcp' } } }), 'client_config', 'zed'],
    [
      json({ mcp: { open: { type: 'local', command: ['uvx', 'mcp-server-time'] } } }),
      'client_config',
      'open',
    ],
    [json({ 'amp.mcpServers': { amp: { url: 'https://a.example.com/mcp' } } }), 'client_config', 'amp'],
    ['[mcp_servers.docs]\nurl = "https://docs.example.com/mcp" # here\n', 'toml', 'docs'],
    ['[[mcp_servers]]\nname = "vibe"\ncommand = "uvx"\nargs = [\n  "mcp-server-time",\n]\n', 'toml', 'vibe'],
    [
      'mcpServers:\n  - name: cont\n    type: streamable-http\n    url: https://c.example.com/mcp\n',
      'yaml',
      'cont',
    ],
    [
      'extensions:\n  goose:\n    type: streamable_http\n    uri: https://g.example.com/mcp\n',
      'yaml',
      'goose',
    ],
    ['services:\n  web:\n    image: example/web:1\n    ports: ["8000:80"]\n', 'compose', 'web'],
    [
      json({
        name: 'io.example/weather',
        description: 'Weather.',
        version: '1.0.0',
        remotes: [{ type: 'streamable-http', url: 'https://w.example.com/mcp' }],
      }),
      'server_json',
      'weather',
    ],
    [
      json({
        servers: [
          {
            server: {
              name: 'io.example/box',
              version: '2',
              packages: [{ registryType: 'oci', identifier: 'example/box', version: '2' }],
            },
          },
        ],
      }),
      'server_json',
      'box',
    ],
  ])('%s', (content, format, name) => {
    const read = readContent(content);
    expect([read.format, read.found[0]?.name]).toEqual([format, name]);
    expect(isRefused(read.found[0] as Found)).toBe(false);
  });
});

describe('what is read of it', () => {
  it('takes of a docker line what has a meaning here', () => {
    const line =
      'docker run -i --rm --name Weather_Tools -e API_KEY=abc -eLEVEL=high -m 512M --cpus=1.5 -p 127.0.0.1:9000:8000/tcp example/weather:1 --port 8000';
    expect(serverOf(line)).toMatchObject({
      name: 'weather_tools',
      environment: { API_KEY: 'abc', LEVEL: 'high' },
      run: {
        ...{ kind: 'image', image: 'example/weather:1', command: ['--port', '8000'], port: 8000 },
        ...{ transport: 'streamable-http', resources: { memory_limit: '512m', cpu_limit: '1.5' } },
      },
    });
  });

  it('fills variables that a docker line only names from the configuration around it', () => {
    const entry = {
      command: 'docker',
      args: ['run', '-i', '--rm', '-e', 'TOKEN_NAME', 'mcp/x'],
      env: { TOKEN_NAME: 'v' },
    };
    expect(serverOf(json({ mcpServers: { x: entry } }))).toMatchObject({
      environment: { TOKEN_NAME: 'v' },
      run: { transport: 'stdio' },
    });
  });

  it('keeps the server behind a bridge of another client', () => {
    const entry = {
      command: 'npx',
      args: ['mcp-remote', 'https://r.example.com/mcp', '--header', 'X-Key: abc'],
    };
    expect(serverOf(json({ mcpServers: { r: entry } })).run).toEqual({
      ...{ kind: 'remote', url: 'https://r.example.com/mcp', headers: { 'X-Key': 'abc' } },
    });
  });

  it('carries the contract of server.json over', () => {
    const environmentVariables = [
      { name: 'API_KEY', description: 'Key.', isRequired: true, isSecret: true },
      { name: 'LIMIT', format: 'number', default: '10' },
    ];
    const packages = [{ registryType: 'oci', identifier: 'example/box', version: '2', environmentVariables }];
    const { definition, instance } = draftOf(
      serverOf(json({ name: 'io.example/box', version: '2', packages })),
    );
    expect(definition).toMatchObject({ dockerImageUrl: 'example/box:2', version: '2' });
    expect(definition?.envSchema).toEqual([
      { name: 'API_KEY', type: 'string', description: 'Key.', required: true, secret: true },
      { name: 'LIMIT', type: 'number', default: '10' },
    ]);
    expect(instance).toBeNull();
  });

  it('keeps packages that nothing could download as drafts, pinned as they were', () => {
    const { definition, instance, warnings } = draftOf(serverOf('npx -y @example/mcp-thing@1.2.3 --flag'));
    expect(definition).toMatchObject({
      ...{ status: 'draft', version: '1.2.3', dockerImageUrl: 'node:22-alpine' },
      defaults: { command: ['npx', '-y', '@example/mcp-thing@1.2.3', '--flag'] },
    });
    expect([instance, warnings.length]).toEqual([null, 1]);
  });

  it('lifts secrets out of variables and headers, and asks for what is only a placeholder', () => {
    const env = {
      ...{
        GITHUB_TOKEN: 'literal-token',
        LEVEL: 'high',
        OTHER: 'ghp_0123456789abcdefghij',
        WHO: '<your name>',
      },
      DB: 'postgres://me:pass@db.example.com/x',
    };
    const entry = { command: 'docker', args: ['run', '-i', 'mcp/x'], env };
    const draft = draftOf(serverOf(json({ mcpServers: { x: entry } })));
    expect(draft.secrets.environment).toEqual({
      ...{ GITHUB_TOKEN: env.GITHUB_TOKEN, OTHER: env.OTHER, DB: env.DB },
    });
    expect(json(draft.definition)).not.toContain('literal-token');
    expect(draft.definition?.envSchema).toContainEqual({ name: 'LEVEL', type: 'string', default: 'high' });
    expect(draft.definition?.envSchema).toContainEqual({ name: 'WHO', type: 'string', required: true });
    expect(draft.instance).toBeNull();
  });
});

describe('hostile and foolish texts', () => {
  it.each([
    ['--privileged', 'docker run --privileged mcp/x'],
    ['-v', 'docker run -v /:/host mcp/x'],
    ['--volume', 'docker run --volume=/var/run/docker.sock:/var/run/docker.sock mcp/x'],
    ['--mount', 'docker run --mount type=bind,src=/,dst=/host mcp/x'],
    ['--network', 'docker run --network host mcp/x'],
    ['--network', 'docker run --net=container:db mcp/x'],
    ['--cap-add', 'docker run --cap-add=SYS_ADMIN mcp/x'],
    ['--device', 'docker run --device /dev/mem mcp/x'],
    ['--security-opt', 'docker run --security-opt seccomp=unconfined mcp/x'],
    ['--pid', 'docker run --pid host mcp/x'],
    ['--add-host', 'docker run --add-host evil:127.0.0.1 mcp/x'],
    ['--entrypoint', 'docker run --entrypoint /bin/sh mcp/x'],
    ['not known', 'docker run --some-new-power mcp/x'],
    ['no image reference', 'docker run UPPER/case'],
    ['program of this machine', json({ mcpServers: { sh: { command: '/bin/sh', args: ['-c', 'id'] } } })],
    ['program of this machine', json({ mcpServers: { py: { command: 'python', args: ['server.py'] } } })],
    ['--privileged', 'services:\n  x:\n    image: a/b\n    privileged: true\n'],
    ['--volume', 'services:\n  x:\n    image: a/b\n    volumes: ["/:/host"]\n'],
    ['--volume', 'services:\n  x:\n    image: a/b\n    volumes:\n      - type: bind\n        source: /\n'],
    ['not known', 'services:\n  x:\n    image: a/b\n    pid: host\n'],
    ['credential', 'https://example.com/mcp?api_key=abcdef'],
    ['credential', 'https://me:secret@example.com/mcp'],
    ['argument looks like a secret', 'docker run -i mcp/x --api-key=abcdef'],
    ['kind "mcpb"', json({ name: 'a/b', packages: [{ registryType: 'mcpb', identifier: 'x' }] })],
  ])('refuses with a reason that says %s: %s', (words, content) => {
    expect(refusalOf(content)).toContain(words);
  });

  it.each([
    ['a shell', 'docker run mcp/x; rm -rf /'],
    ['a substitution', 'docker run -e A=$(id) mcp/x'],
    ['an open quote', 'docker run -e "A mcp/x'],
    ['a bomb of aliases', 'a: &a [x,x]\nb: &b [*a,*a]\nmcpServers: {x: {url: *b}}\n'],
    ['depth', '{"mcpServers":' + '['.repeat(100_000)],
    ['depth in TOML', `[mcp_servers.x]\nargs = ${'['.repeat(50_000)}`],
    ['broken JSON', '{"mcpServers": {'],
    ['nothing', '   '],
    ['prose', 'Please install the weather server for me.'],
    ['an object without servers', '{"hello": 1}'],
    [
      'too many',
      json({
        mcpServers: Object.fromEntries(
          Array.from({ length: 60 }, (_, at) => [`s${at}`, { url: 'https://e.example.com/mcp' }]),
        ),
      }),
    ],
  ])('does not read %s', (_what, content) => {
    const startedMs = performance.now();
    expect(() => readContent(content)).toThrow(ImportUnreadableError);
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });

  it('is not slowed by texts made to be slow, and lets no prototype through', () => {
    const slow = [
      `docker run ${'-e A '.repeat(40_000)}`,
      `"${'\\"'.repeat(60_000)}`,
      '/*'.repeat(60_000),
      '['.repeat(9_000),
    ];
    const startedMs = performance.now();
    for (const each of slow)
      try {
        readContent(each);
      } catch {
        // Unreadable is fine; slow is not.
      }
    expect(performance.now() - startedMs).toBeLessThan(4_000);
    readContent(
      '{"mcpServers": {"__proto__": {"url": "https://p.example.com/"}, "a": {"url": "https://a.example.com/"}}}',
    );
    expect(({} as { url?: string }).url).toBeUndefined();
  });
});
