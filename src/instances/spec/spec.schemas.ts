import { z } from 'zod';
import { MAX_SESSIONS_LIMIT } from '@app/contracts';
import { isImageReference } from '../../catalog';
import { cpuCount, memoryBytes } from '../domain/quantities';
import { type InstancesOptions } from '../instances.options';

/** The smallest memory that Docker accepts. */
const MEMORY_MIN_BYTES = 6 * 1024 ** 2;
const CALL_TIMEOUT_MAX_S = 600;
const ARGUMENTS_MAX = 64;
const HEADERS_MAX = 32;

const plainText = (max: number): z.ZodString =>
  // Control characters would reach headers, log lines and command lines.
  z
    .string()
    .max(max)
    .regex(/^[^\u0000-\u001f\u007f]*$/, 'must not contain control characters');

const path = plainText(512)
  .regex(/^\/(?!\/)[^?#\\]*$/, 'must be a path that begins with one slash')
  .refine((text) => !text.split('/').includes('..'), 'must not contain ".."');

const seconds = (max: number): z.ZodNumber => z.number().positive().max(max);

/** Printed in two ways, a path or an object; stored as the object. */
const healthCheck = z.union([
  path.transform((text) => ({ path: text })),
  z.strictObject({
    path: path.optional(),
    interval: seconds(3_600).min(1).optional(),
    timeout: seconds(300).optional(),
  }),
]);

const environment = z.record(z.string(), z.string()).optional();
const timeout = seconds(CALL_TIMEOUT_MAX_S).optional();

const resources = ({ caps }: InstancesOptions) =>
  z.strictObject({
    memory_limit: z
      .string()
      .refine(
        (text) => (memoryBytes(text) ?? 0) >= MEMORY_MIN_BYTES,
        'must be a size like "256m", at least 6m',
      )
      .refine(
        (text) => (memoryBytes(text) ?? 0) <= caps.memoryBytes,
        `must be at most ${caps.memoryBytes} bytes`,
      )
      .optional(),
    cpu_limit: z
      .union([z.string(), z.number().transform(String)])
      .refine((text) => cpuCount(text) !== undefined, 'must be a positive number of cores like "0.5"')
      .refine((text) => (cpuCount(text) ?? 0) <= caps.cpus, `must be at most ${caps.cpus} cores`)
      .optional(),
    pids_limit: z.int().min(1).max(caps.pids).optional(),
  });

const command = z
  .array(plainText(4_096))
  .min(1)
  .max(ARGUMENTS_MAX)
  .refine(
    ([first = '']) => first !== '' && !first.startsWith('-'),
    'must begin with a program, not with an option',
  );

const sessions = {
  session_isolation: z.enum(['shared', 'per_session']).optional(),
  max_sessions: z.int().min(1).max(MAX_SESSIONS_LIMIT).optional(),
};

const docker = (options: InstancesOptions) =>
  z.strictObject({
    type: z.literal('docker'),
    image: z.string().refine(isImageReference, 'must be an image reference like "mcp/filesystem:latest"'),
    port: z.int().min(1).max(65_535).optional(),
    environment,
    restart_on_rotate: z.boolean().optional(),
    command: command.optional(),
    resources: resources(options).optional(),
    health_check: healthCheck.optional(),
    transport: z.enum(['streamable-http', 'sse', 'stdio']).optional(),
    network: z.strictObject({ egress: z.literal('none').optional() }).optional(),
    mcp_path: path.optional(),
    ...sessions,
    timeout,
    secret_delivery: z
      .array(z.enum(['header', 'file']))
      .max(2)
      .optional(),
  });

/** Headers that the protocol itself sets: a value of somebody else's would break or smuggle requests. */
const OWN_HEADERS =
  /^(host|content-length|transfer-encoding|connection|upgrade|te|trailer|expect|keep-alive|proxy-.*|mcp-.*)$/i;

const header = z.strictObject({
  key: z
    .string()
    .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/, 'must be a header name')
    .refine((key) => !OWN_HEADERS.test(key), 'this header is set by the gateway'),
  value: plainText(8_192),
});

const httpAddress = plainText(2_048).regex(/^(https?|wss?):\/\//i, 'must be an http(s) or ws(s) address');

const authentication = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({ type: z.literal('bearer'), token: plainText(8_192).min(1) }),
  z.strictObject({
    type: z.literal('oauth2_client_credentials'),
    token_url: httpAddress.optional(),
    client_id: plainText(1_024).min(1),
    client_secret: plainText(8_192).min(1),
    scopes: z.array(plainText(256).min(1)).max(64).optional(),
  }),
]);

const url = z.strictObject({
  type: z.literal('url'),
  endpoint: httpAddress,
  health_check: healthCheck.optional(),
  timeout,
  authentication: authentication.optional(),
  headers: z.array(header).max(HEADERS_MAX).optional(),
  transport: z.enum(['streamable-http', 'sse']).optional(),
});

const stdio = (options: InstancesOptions) =>
  z.strictObject({
    type: z.literal('stdio'),
    command: z
      .string()
      .refine(
        (name) => options.bundledNames.includes(name),
        `must be a bundled server: ${options.bundledNames.join(', ')}`,
      ),
    args: z
      .array(plainText(4_096).refine((text) => !text.startsWith('-'), 'must not begin with "-"'))
      .max(ARGUMENTS_MAX)
      .optional(),
    environment,
    restart_on_rotate: z.boolean().optional(),
    resources: resources(options).optional(),
    health_check: healthCheck.optional(),
    ...sessions,
    timeout,
  });

/** One strict schema for each type; what they accept is what `json_spec` may be. */
export const specSchema = (options: InstancesOptions) =>
  z.discriminatedUnion('type', [
    docker(options).refine(isolatesOnlyStreams, {
      path: ['session_isolation'],
      message: 'per_session is for servers with the transport "stdio"',
    }),
    url,
    stdio(options),
  ]);

/** A server that is reached over a network tells sessions apart itself. */
const isolatesOnlyStreams = (spec: {
  readonly transport?: string | undefined;
  readonly session_isolation?: string | undefined;
}): boolean => spec.session_isolation !== 'per_session' || spec.transport === 'stdio';

export const SPEC_TYPES = ['docker', 'url', 'stdio'] as const;
