import { type OpenAPIObject } from '@nestjs/swagger';
import { type ErrorPages } from '../docs/error-pages';
import { PROBLEMS_EXTENSION } from '../problems/api-problems';
import { IDEMPOTENCY_PARAMETER, problemResponse } from './shared-components';

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
  const codes = codesByStatus(operation, pages);
  for (const status of commonStatuses(operation, { isPublic, hasParameter: path.includes('{') })) {
    codes.set(status, codes.get(status) ?? []);
  }
  if (isPublic) operation.security = [];
  if (isRepeatable) {
    operation.parameters = [...(operation.parameters ?? []), IDEMPOTENCY_PARAMETER];
    codes.set('409', [...(codes.get('409') ?? []), 'idempotency_in_progress']);
  }
  for (const [status, names] of [...codes].sort()) operation.responses[status] ??= reference(status, names);
  Reflect.deleteProperty(operation, 'x-public');
  Reflect.deleteProperty(operation, PROBLEMS_EXTENSION);
}

function codesByStatus(operation: Operation, pages: ErrorPages): Map<string, readonly string[]> {
  const codes = new Map<string, readonly string[]>();
  for (const code of (operation[PROBLEMS_EXTENSION] ?? []) as readonly string[]) {
    const status = pages.statusOf(code);
    codes.set(status, [...(codes.get(status) ?? []), code]);
  }
  return codes;
}

function commonStatuses(
  { requestBody }: Operation,
  { isPublic, hasParameter }: { isPublic: boolean; hasParameter: boolean },
): readonly string[] {
  return [
    ...EVERYWHERE,
    ...(isPublic ? [] : AUTHENTICATED),
    ...(hasParameter ? ['404'] : []),
    ...(requestBody === undefined ? [] : WITH_BODY),
  ];
}

/** 3.1 lets a reference say more than its target: here, which codes this operation means. */
const reference = (status: string, codes: readonly string[]): object => ({
  $ref: problemResponse(status),
  ...(codes.length === 0 ? {} : { description: codes.join(', ') }),
});
