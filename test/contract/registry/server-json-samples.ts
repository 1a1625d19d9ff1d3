import { type JsonObject } from '@app/kernel';

const $schema = 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json';
const server = (name: string, more: JsonObject): JsonObject => ({
  ...{ $schema, name: `io.github.example/${name}`, description: `Sample ${name}.`, version: '1.2.3' },
  ...more,
});
const STDIO = { type: 'stdio' };
const oci = (more: JsonObject = {}): JsonObject => ({
  ...{ registryType: 'oci', identifier: 'ghcr.io/example/server:1.2.3', transport: STDIO },
  ...more,
});
const KEY = { name: 'API_KEY', description: 'Key of the service.', isRequired: true, isSecret: true };

/** One of each kind that whoever publishes a server writes, and the odd things that they write beside it. */
export const SERVER_JSON_SAMPLES: readonly JsonObject[] = [
  server('image', { packages: [oci()] }),
  server('image-with-digest', {
    packages: [oci({ identifier: `ghcr.io/example/server@sha256:${'a1'.repeat(32)}` })],
  }),
  server('image-and-version', {
    packages: [oci({ identifier: 'docker.io/example/server', version: '2.0.0' })],
  }),
  server('image-over-http', {
    packages: [oci({ transport: { type: 'streamable-http', url: 'http://localhost:8080/mcp' } })],
  }),
  server('image-over-sse', {
    packages: [oci({ transport: { type: 'sse', url: 'http://localhost:{port}/sse' } })],
  }),
  server('variables', {
    packages: [
      oci({
        environmentVariables: [
          KEY,
          { name: 'LEVEL', description: 'How much is told.', default: 'info', choices: ['info', 'debug'] },
          { name: 'LIMIT', format: 'number', default: '10' },
          { name: 'VERBOSE', format: 'boolean', default: 'false' },
          { name: 'HOME_FOLDER', format: 'filepath', placeholder: '/home/somebody' },
        ],
      }),
    ],
  }),
  server('templated-variable', {
    packages: [
      oci({
        environmentVariables: [
          {
            name: 'DATABASE',
            value: 'postgres://{user}@db/{name}',
            variables: { user: { isRequired: true }, name: { default: 'main' } },
          },
        ],
      }),
    ],
  }),
  server('arguments', {
    packages: [
      oci({
        runtimeHint: 'docker',
        runtimeArguments: [
          {
            type: 'named',
            name: '--mount',
            value: 'type=bind,src={source},dst=/data',
            isRepeated: true,
            variables: { source: { format: 'filepath', isRequired: true } },
          },
        ],
        packageArguments: [
          { type: 'positional', value: 'serve' },
          { type: 'named', name: '--level', value: 'high' },
          { type: 'positional', valueHint: 'folder', isRequired: true },
        ],
      }),
    ],
  }),
  server('npm', {
    packages: [
      {
        registryType: 'npm',
        registryBaseUrl: 'https://registry.npmjs.org',
        identifier: '@example/mcp',
        version: '1.2.3',
        transport: STDIO,
      },
    ],
  }),
  server('npm-with-hint', {
    packages: [
      {
        registryType: 'npm',
        identifier: 'example-mcp',
        version: '1.2.3',
        runtimeHint: 'npx',
        runtimeArguments: [{ type: 'positional', value: '-y' }],
        transport: STDIO,
        environmentVariables: [KEY],
      },
    ],
  }),
  server('pypi', {
    packages: [
      {
        registryType: 'pypi',
        identifier: 'example-mcp',
        version: '0.9.0',
        runtimeHint: 'uvx',
        transport: STDIO,
      },
    ],
  }),
  server('several-packages', {
    packages: [
      {
        registryType: 'npm',
        identifier: 'example-mcp',
        version: '1.2.3',
        transport: STDIO,
        environmentVariables: [KEY],
      },
      oci({ environmentVariables: [{ name: 'REGION', default: 'eu' }, KEY] }),
      {
        registryType: 'mcpb',
        identifier: 'https://github.com/example/mcp/releases/download/v1/mcp.mcpb',
        fileSha256: 'ab'.repeat(32),
        transport: STDIO,
      },
    ],
  }),
  server('remote', { remotes: [{ type: 'streamable-http', url: 'https://mcp.example.com/mcp' }] }),
  server('remote-over-sse', { remotes: [{ type: 'sse', url: 'https://mcp.example.com/sse' }] }),
  server('remote-with-header', {
    remotes: [
      {
        type: 'streamable-http',
        url: 'https://mcp.example.com/mcp',
        headers: [
          {
            name: 'Authorization',
            value: 'Bearer {token}',
            isRequired: true,
            isSecret: true,
            variables: { token: { description: 'A token.', isSecret: true } },
          },
          { name: 'X-Region', description: 'Where.', choices: ['eu', 'us'], default: 'eu' },
        ],
      },
    ],
  }),
  server('two-remotes', {
    remotes: [
      { type: 'streamable-http', url: 'https://mcp.example.com/mcp' },
      { type: 'sse', url: 'https://mcp.example.com/sse' },
    ],
  }),
  server('remote-and-package', {
    packages: [oci({ environmentVariables: [KEY] })],
    remotes: [{ type: 'streamable-http', url: 'https://mcp.example.com/mcp' }],
  }),
  server('about', {
    title: 'A sample with everything around it',
    websiteUrl: 'https://example.com/server',
    repository: {
      url: 'https://github.com/example/server',
      source: 'github',
      id: 'b94b5f7e',
      subfolder: 'src/server',
    },
    icons: [
      { src: 'https://example.com/icon.png', mimeType: 'image/png', sizes: ['48x48'], theme: 'dark' },
      { src: 'https://example.com/icon.svg', mimeType: 'image/svg+xml', sizes: ['any'] },
    ],
    packages: [oci()],
  }),
  server('meta', {
    _meta: {
      'io.modelcontextprotocol.registry/publisher-provided': {
        tool: 'publisher',
        build: { commit: 'abc123', numbers: [1, 2.5, null, true] },
      },
      'com.example/own': { anything: 'at all' },
    },
    packages: [oci()],
  }),
  server('other-scripts', {
    title: 'Погода — 天気 ☂',
    description: 'Wetter für “heute”, naïve café; 100 % ok & <b>not</b> markup.',
    version: '2025.11.1-beta+build.7',
    packages: [
      oci({ environmentVariables: [{ name: 'SPRACHE', description: 'Größe & Maß', default: 'dé' }] }),
    ],
  }),
];
