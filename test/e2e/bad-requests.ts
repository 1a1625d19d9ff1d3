/** A request that must be refused: with this code, for faults at these places. */
export interface BadRequest {
  readonly what: string;
  readonly body: object;
  readonly code: string;
  readonly pointers: readonly string[];
}

/** Stands in requests that are refused, and must be found nowhere afterwards. */
export const SECRET = 'sk-live-3f9c2b7e5d1a4c8e9b0f6a2d';
const IMAGE = 'agentarea/echo:latest';
const REMOTE = 'https://mcp.example.com/mcp';
const METADATA = 'http://169.254.169.254/latest/meta-data';

const bad = (what: string, body: object, code: string, ...pointers: string[]): BadRequest => {
  return { what, body, code, pointers: pointers.sort() };
};
const spec = (more: object): object => ({ json_spec: { type: 'docker', image: IMAGE, port: 8080, ...more } });
const typed = (environment: object): object => ({ template: 'typed', environment });
const url = (endpoint: string, authentication?: object): object => ({
  json_spec: { type: 'url', endpoint, ...(authentication === undefined ? {} : { authentication }) },
});
const bearer = (token: string): object => ({ type: 'bearer', token });
const client = (tokenUrl: string): object => ({
  ...{ type: 'oauth2_client_credentials', token_url: tokenUrl, client_id: 'id', client_secret: SECRET },
});
const INVALID = 'instance_spec_invalid';

/** The definition that `typed` instances are made from. */
export const TYPED_DEFINITION = {
  name: 'typed',
  docker_image_url: IMAGE,
  env_schema: [
    { name: 'LIMIT', type: 'integer', required: true },
    { name: 'VERBOSE', type: 'boolean' },
    { name: 'API_KEY', type: 'string', secret: true },
  ],
};

const unknownReference = (reference: string): BadRequest =>
  bad(reference, typed({ LIMIT: 1, API_KEY: reference }), 'secret_ref_unknown', '/environment/API_KEY');

/** Sent to `POST /mcp/instances`, named "refused" unless they say otherwise. */
export const BAD_INSTANCES: readonly BadRequest[] = [
  bad('an unknown template', { template: 'nope' }, 'template_unknown', '/template'),
  bad('an unknown definition', { server_spec_id: 'nope' }, 'template_unknown', '/server_spec_id'),
  bad('no required variable', typed({}), 'instance_env_missing', '/environment/LIMIT'),
  bad(
    'variables of wrong types',
    typed({ LIMIT: 'many', VERBOSE: 'maybe', API_KEY: [SECRET] }),
    INVALID,
    ...['/environment/LIMIT', '/environment/VERBOSE', '/environment/API_KEY'],
  ),
  unknownReference('secret_ref:shared:NOPE'),
  unknownReference('secret_ref:no-scope'),
  unknownReference('secret_ref:env:MASTER_KEY'),
  unknownReference('secret_ref:env:API_KEY_FILE'),
  bad(
    'an unknown secret_ref of a remote server',
    url(REMOTE, bearer('secret_ref:instance_123:AUTH_TOKEN')),
    'secret_ref_unknown',
    '/json_spec/authentication/token',
  ),
  bad(
    'memory 256x',
    spec({ resources: { memory_limit: '256x' } }),
    INVALID,
    '/json_spec/resources/memory_limit',
  ),
  bad('cpu -1', spec({ resources: { cpu_limit: '-1' } }), INVALID, '/json_spec/resources/cpu_limit'),
  bad('port 70000', spec({ port: 70_000 }), INVALID, '/json_spec/port'),
  bad('a port in words', spec({ port: '8001' }), INVALID, '/json_spec/port'),
  bad('an image that is an option', spec({ image: '--privileged' }), INVALID, '/json_spec/image'),
  bad('a type nobody knows', { json_spec: { type: 'vm' } }, INVALID, '/json_spec/type'),
  bad(
    'fields that would widen rights',
    spec({ privileged: true, volumes: ['/:/host'] }),
    'instance_spec_unknown_field',
    ...['/json_spec/privileged', '/json_spec/volumes'],
  ),
  bad('a misspelt field', { template: 'echo', replicass: 2 }, 'unknown_field', '/replicass'),
  bad('a name that is a path', { name: 'status', template: 'echo' }, 'validation_failed', '/name'),
  bad('a name of a megabyte', { name: 'x'.repeat(1_000_000) }, 'validation_failed', '/name'),
  bad('no name', { name: undefined, template: 'echo' }, 'validation_failed', '/name'),
  bad('two names', { service_name: 'other', template: 'echo' }, INVALID, '/service_name'),
  bad('a name in use', { name: 'standing', template: 'echo' }, 'instance_name_taken'),
  bad(
    'everything at once',
    { name: 'Bad', replicas: 0, ...spec({ port: 0, resources: { memory_limit: '256x', cpu_limit: '-1' } }) },
    'validation_failed',
    ...['/name', '/replicas', '/json_spec/port'],
    ...['/json_spec/resources/memory_limit', '/json_spec/resources/cpu_limit'],
  ),
  ...[
    ...[METADATA, 'http://[::ffff:a9fe:a9fe]/mcp', 'https://10.0.0.1/mcp', 'http://[fd00::1]/mcp'],
    // The operator allows this host at another port; then a local address in digits.
    ...['https://10.20.30.40:8444/mcp', 'http://2130706433:3333/mcp'],
    ...[`https://user:${SECRET}@mcp.example.com/mcp`, 'file:///etc/passwd', 'mcp.example.com'],
  ].map((endpoint) => bad(`the address ${endpoint}`, url(endpoint), INVALID, '/json_spec/endpoint')),
  bad(
    'a token endpoint at a private address',
    url(REMOTE, client('https://192.168.1.1/token')),
    INVALID,
    '/json_spec/authentication/token_url',
  ),
];

const oauth = (tokenUrl: string, secret = SECRET): object => ({
  ...{ url: REMOTE, oauth2_token_url: tokenUrl, oauth2_client_id: 'id', oauth2_client_secret: secret },
});

/** Sent to `POST /mcp/servers`, named "refused". */
export const BAD_SERVERS: readonly BadRequest[] = [
  bad(
    'limits that are none',
    { port: 8001, resources: { memory_limit: '256x', cpu_limit: '-1' }, network: { egress: 'all' } },
    'server_invalid',
    ...['/network/egress', '/resources/cpu_limit', '/resources/memory_limit'],
  ),
  bad(
    'a secret in the open, where only a reference may stand',
    { env_schema: [{ name: 'API_KEY', type: 'string', secret: true, default: SECRET }] },
    'server_invalid',
    '/env_schema/0/default',
  ),
  bad(
    'a default of another type',
    { env_schema: [{ name: 'MAX', type: 'integer', default: 'ten' }] },
    'server_invalid',
    '/env_schema/0/default',
  ),
  bad(
    'variables of no known shape',
    { env_schema: [{ name: 'MAX', type: 'int' }, { type: 'string' }] },
    'validation_failed',
    ...['/env_schema/0/type', '/env_schema/1/name'],
  ),
  bad('an image that is none', { docker_image_url: '-v /:/host' }, 'server_invalid', '/docker_image_url'),
  bad(
    'a remote server with an image',
    { url: REMOTE, docker_image_url: IMAGE, port: 8001 },
    'server_invalid',
    ...['/docker_image_url', '/port'],
  ),
  bad(
    'half an OAuth client',
    { url: REMOTE, oauth2_token_url: 'https://auth.example.com/token', oauth2_client_id: 'id' },
    'server_invalid',
    '/oauth2_client_secret',
  ),
  bad('a remote server at a metadata address', { url: METADATA }, INVALID, '/url'),
  bad('a token endpoint at a private address', oauth('https://10.0.0.1/t'), INVALID, '/oauth2_token_url'),
  bad(
    'an unknown secret_ref',
    oauth('https://auth.example.com/token', 'secret_ref:shared:NOPE'),
    'secret_ref_unknown',
    '/oauth2_client_secret',
  ),
  bad('a bundled server that does not exist', { url: 'stdio://nope' }, INVALID, '/url'),
  bad('an unknown field', { environment_schema: [] }, 'unknown_field', '/environment_schema'),
  bad('a name in use', { name: 'typed' }, 'server_name_taken'),
];

/** Sent elsewhere. */
export const BAD_ELSEWHERE: readonly (BadRequest & { readonly to: string })[] = [
  {
    to: 'POST /containers',
    ...bad('a container of no template', { service_name: 'refused' }, 'validation_failed', '/template'),
  },
  {
    to: 'POST /containers',
    ...bad(
      'a container with wrong limits',
      { service_name: 'refused', template: 'echo', resources: { memory_limit: '256x' } },
      INVALID,
      '/resources/memory_limit',
    ),
  },
  {
    to: 'PUT /mcp/instances/standing/environment',
    ...bad('an undeclared variable', { NODE_OPTIONS: '--inspect' }, INVALID, '/NODE_OPTIONS'),
  },
  {
    to: 'PATCH /mcp/instances/standing',
    ...bad(
      'a change into nonsense',
      { json_spec: { resources: { cpu_limit: '0' } } },
      INVALID,
      '/json_spec/resources/cpu_limit',
    ),
  },
  {
    to: 'PATCH /mcp/servers/typed',
    ...bad(
      'a definition changed into nonsense',
      { resources: { memory_limit: '1k' } },
      'server_invalid',
      '/resources/memory_limit',
    ),
  },
  {
    to: 'POST /mcp/endpoints',
    ...bad('no endpoint', { name: 'E', prefix: 'ever' }, 'validation_failed', '/name', '/prefix'),
  },
  {
    to: 'PUT /api/v1/secrets/shared/lower-case',
    ...bad('a secret under no name', { value: SECRET }, 'secret_address_invalid', '/path/name'),
  },
  {
    to: 'POST /mcp/tools/call',
    ...bad(
      'a call of nothing',
      { server_name: 'standing', arguments: [] },
      'validation_failed',
      ...['/arguments', '/tool_name'],
    ),
  },
  {
    to: 'POST /mcp/tools/call',
    ...bad('a call to nobody', { server_name: 'nobody', tool_name: 'echo' }, 'server_unknown'),
  },
  {
    to: 'POST /mcp/tools/call',
    ...bad('a call to what is stopped', { server_name: 'standing', tool_name: 'echo' }, 'server_not_running'),
  },
];

/** Bodies that are none, as they go over the wire; with the header that makes them so. */
export const BAD_BODIES: readonly (readonly [what: string, body: string, code: string, type?: string])[] = [
  ['half a body', '{"name":', 'malformed_json'],
  ['a list', '[]', 'malformed_json'],
  ['one key twice', '{"name":"refused","template":"echo","name":"other"}', 'duplicate_key'],
  ['a prototype', '{"name":"refused","template":"echo","__proto__":{"is_admin":true}}', 'forbidden_key'],
  ['a hidden prototype', '{"name":"refused","environment":{"\\u005f_proto__":{}}}', 'forbidden_key'],
  ['a deep one', '{"a":'.repeat(20_000) + '1' + '}'.repeat(20_000), 'body_too_complex'],
  ['one of more than a megabyte', JSON.stringify({ name: 'x'.repeat(1_100_000) }), 'body_too_large'],
  ['a form', 'name=refused', 'unsupported_media_type', 'application/x-www-form-urlencoded'],
];
