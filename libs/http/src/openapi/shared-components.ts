import { STATUS_CODES } from 'node:http';
import { type OpenAPIObject } from '@nestjs/swagger';
import { PROBLEM_TYPE } from '../problems/problem-of';

/** Statuses that a route may answer with; each has one shared component. */
const PROBLEM_STATUSES = [
  400, 401, 403, 404, 405, 408, 409, 412, 413, 414, 415, 422, 428, 429, 431, 500, 502, 503, 504,
];
const WAIT_STATUSES: ReadonlySet<number> = new Set([429, 503]);

export const problemResponse = (status: string): string => `#/components/responses/Problem${status}`;
export const SEQUENCE_HEADER = { $ref: '#/components/headers/QuaysideSequence' };
export const IDEMPOTENCY_PARAMETER = { $ref: '#/components/parameters/IdempotencyKey' };

/** Adds the parts that operations refer to. */
export function sharedComponents(document: OpenAPIObject): void {
  const components = (document.components ??= {});
  components.responses = {
    ...components.responses,
    ...Object.fromEntries(PROBLEM_STATUSES.map((status) => [`Problem${status}`, response(status)])),
  };
  components.headers = {
    ...components.headers,
    QuaysideSequence: {
      description:
        'The event that this answer had reached at least: follow the events from here to miss none. Absent where events are not followed.',
      schema: { type: 'integer', minimum: 0 },
    },
  };
  components.parameters = {
    ...components.parameters,
    IdempotencyKey: {
      name: 'Idempotency-Key',
      in: 'header',
      required: false,
      description:
        'Makes a repeated request harmless: the same key and body get the first answer again for 24 hours.',
      schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]{1,255}$' },
      example: '6f0c2a5e-6d0a-4b7e-9f5d-1c9e0d7b3a11',
    },
  };
}

/** Of the shared answers only those stay that an operation may give. */
export function dropUnusedResponses({ components, paths }: OpenAPIObject): void {
  const text = JSON.stringify(paths);
  for (const name of Object.keys(components?.responses ?? {})) {
    if (!text.includes(`"#/components/responses/${name}"`))
      Reflect.deleteProperty(components?.responses ?? {}, name);
  }
}

function response(status: number) {
  const reason = STATUS_CODES[status] ?? 'Problem';
  const example = {
    type: 'about:blank',
    title: reason,
    status,
    detail: 'What happened this time.',
    instance: '/api/v1/mcp/instances',
    code: 'http_error',
    trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
    request_id: '0f8c3f5e-6c1f-4c5b-9b6e-2b8f6f0f6f52',
  };
  const schema = { $ref: '#/components/schemas/ProblemDto' };
  return {
    description: reason,
    ...headersOf(status),
    content: { [PROBLEM_TYPE]: { schema, examples: { problem: { value: example } } } },
  };
}

function headersOf(status: number) {
  if (WAIT_STATUSES.has(status)) {
    const schema = { type: 'integer', minimum: 1 };
    return { headers: { 'Retry-After': { description: 'Seconds to wait.', schema } } };
  }
  if (status !== 401) return {};
  return {
    headers: { 'WWW-Authenticate': { description: 'How to authenticate.', schema: { type: 'string' } } },
  };
}
