import { STATUS_CODES } from 'node:http';
import { type OpenAPIObject } from '@nestjs/swagger';
import { type ErrorPages } from '../docs/error-pages';
import { PROBLEMS_EXTENSION } from '../problems/api-problems';
import { IDEMPOTENCY_PARAMETER, problemResponse, SEQUENCE_HEADER } from './shared-components';

/** The parts of an operation that are completed here. */
interface Operation {
  operationId?: string;
  parameters?: object[];
  requestBody?: object;
  responses: Record<string, object>;
  security?: object[];
  [extension: `x-${string}`]: unknown;
}

const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;
const EVERYWHERE = ['400', '429', '500', '503'] as const;
const AUTHENTICATED = ['401', '403'] as const;
const WITH_BODY = ['413', '415', '422'] as const;

/** A status, and the code that explains it where there is one. */
type StatusCode = readonly [status: string, code?: string];
const REPEATED: readonly StatusCode[] = [
  ['409', 'idempotency_in_progress'],
  ['422', 'idempotency_key_reused'],
];

/** Adds what is true for whole kinds of operations, so that no controller has to repeat it. */
export function completeOperations(document: OpenAPIObject, pages: ErrorPages): void {
  const seen = new Set<string>();
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method] as Operation | undefined;
      if (operation === undefined) continue;
      const id = operation.operationId ?? '';
      if (seen.has(id)) throw new Error(`The operationId "${id}" is used twice, the second time by ${path}.`);
      seen.add(id);
      complete(operation, { method, path, pages });
    }
  }
}

interface OperationPlace {
  readonly method: string;
  readonly path: string;
  readonly pages: ErrorPages;
}

function complete(operation: Operation, { method, path, pages }: OperationPlace): void {
  const isPublic = operation['x-public'] === true;
  const isRepeatable = method === 'post' && !isPublic;
  if (isPublic) operation.security = [];
  if (isRepeatable) operation.parameters = [...(operation.parameters ?? []), IDEMPOTENCY_PARAMETER];
  const common = commonStatuses(operation, { isPublic, hasParameter: path.includes('{') });
  const codes = codesByStatus([...ownCodes(operation, pages), ...common, ...(isRepeatable ? REPEATED : [])]);
  for (const [status, names] of [...codes].sort()) operation.responses[status] ??= reference(status, names);
  nameResponses(operation);
  if (method === 'get' && !isPublic) numberAnswer(operation);
  Reflect.deleteProperty(operation, 'x-public');
  Reflect.deleteProperty(operation, PROBLEMS_EXTENSION);
}

/** What reads records says how far it had heard. */
function numberAnswer({ responses }: Operation): void {
  const answer = responses['200'] as { content?: object; headers?: object } | undefined;
  if (answer?.content === undefined || !('application/json' in answer.content)) return;
  answer.headers = { ...answer.headers, 'Quayside-Sequence': SEQUENCE_HEADER };
}

function codesByStatus(entries: readonly StatusCode[]): ReadonlyMap<string, readonly string[]> {
  const codes = new Map<string, readonly string[]>();
  for (const [status, code] of entries) {
    codes.set(status, [...(codes.get(status) ?? []), ...(code === undefined ? [] : [code])]);
  }
  return codes;
}

function ownCodes(operation: Operation, pages: ErrorPages): readonly StatusCode[] {
  const codes = (operation[PROBLEMS_EXTENSION] ?? []) as readonly string[];
  return codes.map((code) => [pages.statusOf(code), code]);
}

function commonStatuses(
  { requestBody }: Operation,
  { isPublic, hasParameter }: { isPublic: boolean; hasParameter: boolean },
): readonly StatusCode[] {
  const statuses = [
    ...EVERYWHERE,
    ...(isPublic ? [] : AUTHENTICATED),
    ...(hasParameter ? ['404'] : []),
    ...(requestBody === undefined ? [] : WITH_BODY),
  ];
  return statuses.map((status) => [status]);
}

/** An answer without a description says at least what its status means. */
function nameResponses({ responses }: Operation): void {
  for (const [status, response] of Object.entries(responses)) {
    if ('description' in response && response.description === '') {
      response.description = STATUS_CODES[status] ?? 'Answer';
    }
  }
}

/** 3.1 lets a reference say more than its target: here, which codes this operation means. */
const reference = (status: string, codes: readonly string[]): object => ({
  $ref: problemResponse(status),
  ...(codes.length === 0 ? {} : { description: codes.join(', ') }),
});
