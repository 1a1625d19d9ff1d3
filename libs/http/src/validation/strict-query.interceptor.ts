import { type CallHandler, type ExecutionContext, type NestInterceptor, type Type } from '@nestjs/common';
import { ROUTE_ARGS_METADATA, RouteParamtypes } from '@nestjs/common/internal';
import { type FastifyRequest } from 'fastify';
import { type Observable } from 'rxjs';
import { InvalidQueryError } from '../problems/request-errors';
import { fieldsOf, UNKNOWN_FIELD, unknownField } from './field-problems';

const PREFER_WAIT = /(?:^|[,;\s])wait=(\d{1,4})(?:$|[,;\s])/;

/** A parameter that a handler does not declare is refused, because a filter that is ignored answers another question. */
export class StrictQueryInterceptor implements NestInterceptor {
  private readonly known = new WeakMap<object, readonly string[] | null>();

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const known = this.knownParameters(context);
    if (known !== null) {
      const query = request.query as Record<string, unknown>;
      refuseUnknown(Object.keys(query), known);
      applyPreference(request, query, known);
    }
    return next.handle();
  }

  private knownParameters(context: ExecutionContext): readonly string[] | null {
    const handler = context.getHandler();
    const cached = this.known.get(handler);
    if (cached !== undefined) return cached;
    const known = declaredParameters(context.getClass(), handler.name);
    this.known.set(handler, known);
    return known;
  }
}

function refuseUnknown(names: readonly string[], known: readonly string[]): void {
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new InvalidQueryError(
    unknown.map((name) => ({
      pointer: `/query/${name.slice(0, 128)}`,
      code: UNKNOWN_FIELD,
      detail: unknownField(name, known, 'query parameter'),
    })),
  );
}

/** `Prefer: wait=n` (RFC 7240) is the header's spelling of `?wait=n`; the parameter wins. */
function applyPreference(
  { headers }: FastifyRequest,
  query: Record<string, unknown>,
  known: readonly string[],
): void {
  const prefer = headers['prefer'];
  if (typeof prefer !== 'string' || query['wait'] !== undefined || !known.includes('wait')) return;
  const wait = PREFER_WAIT.exec(prefer)?.[1];
  if (wait !== undefined) query['wait'] = wait;
}

interface RouteArgument {
  readonly index: number;
  readonly data?: unknown;
}

/** null when a handler takes the query as it comes. */
function declaredParameters(controller: Type, method: string): readonly string[] | null {
  const args = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, method) ?? {}) as Record<
    string,
    RouteArgument
  >;
  const types = (Reflect.getMetadata('design:paramtypes', controller.prototype as object, method) ??
    []) as readonly (new () => object)[];
  const known: string[] = [];
  for (const [key, { index, data }] of Object.entries(args)) {
    if (!key.startsWith(`${RouteParamtypes.QUERY}:`)) continue;
    const dto = types[index];
    if (typeof data === 'string') known.push(data);
    else if (dto === undefined || (dto as unknown) === Object) return null;
    else known.push(...fieldsOf(dto));
  }
  return known;
}
