import { type EnvironmentVariable, parseSecretReference, type ResourceLimits } from '@app/contracts';
import { type JsonObject } from '@app/kernel';
import { type Fix, type FixInput, type FixRequest } from './diagnosis';
import { type Subject } from './subject';

const path = ({ id }: Pick<Subject, 'id'>, rest = ''): string => `/api/v1/mcp/instances/${id}${rest}`;

const patch = (subject: Pick<Subject, 'id'>, spec: JsonObject): FixRequest => ({
  method: 'PATCH',
  path: path(subject),
  permission: 'instances:update',
  body: { json_spec: spec },
});

const input = (pointer: string, label: string, more: Partial<FixInput> = {}): FixInput => ({
  ...{ pointer, label, type: 'text', description: '', suggestion: null },
  ...more,
});

/** Without a request: what only a person can do, elsewhere. */
const advice = (action: string, label: string, target?: string): Fix => ({
  action,
  label,
  ...(target === undefined ? {} : { target }),
  request: null,
  input: null,
});

/** A name that says so is taken for a secret, also where no definition does. */
const SECRETIVE = /(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)$/;

export function setVariable(subject: Subject, name: string): Fix {
  const declared: EnvironmentVariable | undefined = subject.schema.find((each) => each.name === name);
  const isSecret = declared?.secret ?? SECRETIVE.test(name);
  return {
    ...{ action: 'set_environment', label: `Set ${name}`, target: name },
    request: {
      ...{ method: 'PUT', path: path(subject, '/environment'), permission: 'instances:update' },
      body: {},
    },
    input: input(`/${name}`, name, {
      type: isSecret ? 'secret' : 'text',
      description: declared?.description ?? '',
      suggestion: declared?.default ?? null,
    }),
  };
}

/** A reference that is not well formed can only be changed where it stands. */
export function storeSecret(reference: string): Fix {
  const parsed = parseSecretReference(reference);
  const base = { action: 'put_secret', label: 'Store the secret', target: reference };
  if (parsed === undefined || parsed.scope === 'env') return { ...base, request: null, input: null };
  const { scope, name } = parsed;
  return {
    ...base,
    label: `Store ${name}`,
    request: {
      ...{ method: 'PUT', path: `/api/v1/secrets/${scope}/${name}`, permission: 'secrets:write' },
      body: {},
    },
    input: input('/value', name, { type: 'secret', description: `The value of ${scope}:${name}.` }),
  };
}

export const start = (subject: Subject): Fix => ({
  ...{ action: 'start', label: 'Start it' },
  request: { ...post(subject, '/start') },
  input: null,
});

/** A remote server is not ours to start again. */
export const restart = (subject: Subject): Fix | undefined =>
  subject.spec.type === 'url'
    ? undefined
    : {
        ...{ action: 'restart', label: 'Restart it' },
        request: { ...post(subject, '/restart') },
        input: null,
      };

const post = (subject: Subject, rest: string): FixRequest => ({
  ...{ method: 'POST', path: path(subject, rest), permission: 'instances:operate' },
  body: null,
});

const DEFAULT_MEMORY = '256m';

export function raiseMemory(subject: Subject): Fix {
  const { spec } = subject;
  const { memory_limit: limit = DEFAULT_MEMORY }: ResourceLimits =
    spec.type === 'url' ? {} : (spec.resources ?? {});
  return {
    ...{ action: 'raise_memory', label: `Raise memory_limit to ${doubled(limit)}`, target: limit },
    request: patch(subject, { resources: { memory_limit: doubled(limit) } }),
    input: input('/json_spec/resources/memory_limit', 'memory_limit', {
      description: `It is ${limit} now.`,
      suggestion: doubled(limit),
    }),
  };
}

const doubled = (limit: string): string => {
  const match = /^(\d+(?:\.\d+)?)(.*)$/.exec(limit);
  return match === null ? limit : `${String(Number(match[1]) * 2)}${match[2] ?? ''}`;
};

export const changePort = (subject: Subject, port: number | undefined): Fix => ({
  action: 'change_port',
  label: port === undefined ? 'Set the port' : `Use port ${String(port)}`,
  ...(port === undefined ? {} : { target: String(port) }),
  request: patch(subject, port === undefined ? {} : { port }),
  input: input('/json_spec/port', 'port', {
    ...{ type: 'integer', description: 'The port that the server listens on inside its container.' },
    suggestion: port === undefined ? null : String(port),
  }),
});

export const useStandardStreams = (subject: Subject): Fix => ({
  ...{ action: 'change_transport', label: 'Speak over its standard streams', target: 'stdio' },
  request: patch(subject, { transport: 'stdio' }),
  input: null,
});

export const allowEgress = (subject: Subject): Fix => ({
  ...{ action: 'allow_egress', label: 'Let it reach the network', target: 'network.egress' },
  // A merge patch: null takes the restriction away.
  request: patch(subject, { network: null }),
  input: null,
});

export const changeImage = (subject: Subject, image: string): Fix => ({
  ...{ action: 'change_image', label: 'Choose another image', target: image },
  request: patch(subject, {}),
  input: input('/json_spec/image', 'image', { suggestion: image }),
});

export const changePath = (subject: Subject, current: string): Fix => ({
  ...{ action: 'change_path', label: 'Set the path of its MCP endpoint', target: current },
  request: patch(subject, {}),
  input: input('/json_spec/mcp_path', 'mcp_path', { suggestion: current }),
});

export const changeEndpoint = (subject: Subject, endpoint: string): Fix => ({
  ...{ action: 'change_endpoint', label: 'Change the address', target: endpoint },
  request: patch(subject, {}),
  input: input('/json_spec/endpoint', 'endpoint', { suggestion: endpoint }),
});

export const readLogs = (): Fix => advice('read_logs', 'Read its last output');
export const checkHealth = (): Fix => advice('check_health', 'Look at /health');
export const checkEngine = (): Fix => advice('check_engine', 'Start the container engine');
export const askOperator = (address: string): Fix =>
  advice('allow_address', `Ask the operator to add ${address} to EGRESS_ALLOW`, address);
export const changeCredentials = (): Fix => advice('change_credentials', 'Change its credentials');
