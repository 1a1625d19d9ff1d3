const json = (value: unknown): string => JSON.stringify(value, null, 2);

/** One text of each kind that people have, by the format that it must be taken for; CANARY stands where a secret is. */
export const IMPORT_SAMPLES: readonly (readonly [format: string, content: string])[] = [
  [
    'client_config',
    json({
      mcpServers: {
        tickets: {
          command: 'docker',
          args: ['run', '-i', '--rm', 'example/tickets:1'],
          env: { API_TOKEN: 'CANARY' },
        },
        windsurf: { serverUrl: 'https://wind.example.com/mcp', headers: { 'X-Api-Key': 'CANARY' } },
        gemini: { httpUrl: 'https://gemini.example.com/mcp' },
      },
    }),
  ],
  [
    'client_config',
    `{ // VS Code
  "inputs": [{ "id": "key", "type": "promptString", "password": true }],
  "servers": {
    "asked": { "type": "stdio", "command": "docker", "args": ["run", "-i", "example/asked:1"], "env": { "API_KEY": "\${input:key}" } },
    "remote": { "type": "http", "url": "https://remote.example.com/mcp" },
  },
}`,
  ],
  [
    'toml',
    `[mcp_servers.codex]
command = "uvx"
args = ["mcp-server-time"]

[mcp_servers.far]
url = "https://far.example.com/mcp"
http_headers = { Authorization = "Bearer CANARY" }
`,
  ],
  [
    'yaml',
    'mcpServers:\n  - name: continue\n    type: streamable-http\n    url: https://continue.example.com/mcp\n',
  ],
  ['yaml', 'extensions:\n  goose:\n    type: streamable_http\n    uri: https://goose.example.com/mcp\n'],
  ['client_config', '{ /* Zed */ "context_servers": { "zed": { "url": "https://zed.example.com/mcp" }, }, }'],
  [
    'server_json',
    json({
      name: 'io.github.example/weather',
      description: 'Weather.',
      version: '1.2.3',
      packages: [
        {
          ...{ registryType: 'oci', identifier: 'example/weather:1.2.3', transport: { type: 'stdio' } },
          environmentVariables: [{ name: 'WEATHER_KEY', isSecret: true, isRequired: true }],
        },
      ],
    }),
  ],
  [
    'compose',
    'services:\n  shop:\n    image: example/shop:1\n    environment:\n      DB_PASSWORD: CANARY\n    ports: ["8000:8000"]\n',
  ],
  [
    'lines',
    [
      'docker run -i --rm -e SERVICE_TOKEN=CANARY --name lined example/lined:1',
      'npx -y some-mcp-server@1.0.0',
      'uvx mcp-server-fetch',
      'https://plain.example.com/mcp',
      'example/plain-image:1',
    ].join('\n'),
  ],
  ['url', 'https://alone.example.com/mcp'],
  [
    'own_export',
    `# of another installation
quayside: v1
servers:
  - name: exported
    description: As it was declared.
    docker_image_url: example/exported:1
    env_schema:
      - { name: API_KEY, type: string, secret: true }
      - { name: LIMIT, type: integer, default: "10" }
    tags: [mine]
    port: 9000
    status: published
  - name: elsewhere
    url: https://elsewhere.example.com/mcp
instances:
  - name: exported
    description: The one.
    labels: { team: search }
    desired_state: running
    server_spec_id: exported
    json_spec: { type: docker, image: example/exported:1, port: 9000, environment: { API_KEY: CANARY, LIMIT: "20" } }
  - name: second
    desired_state: running
    replicas: 2
    server_spec_id: exported
    json_spec: { type: docker, image: example/exported:1, environment: { LIMIT: "5" } }
endpoints: []
`,
  ],
];
