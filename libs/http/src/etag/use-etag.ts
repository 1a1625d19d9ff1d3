import { applyDecorators, createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';
import { versionsIn } from './etag';
import { PreconditionRequiredError, StaleVersionError } from './etag-errors';

const REQUIRED = 'quayside:if-match-required';

/** Which versions a change may replace; undefined = whichever is there. A plain value, so that a command can carry it. */
export type ExpectedVersions = readonly number[] | undefined;

/** On handlers that change one resource: documents `If-Match`; `required` makes its absence 428. */
export const UseETag = ({ required = false }: { readonly required?: boolean } = {}) =>
  applyDecorators(
    SetMetadata(REQUIRED, required),
    ApiHeader({
      name: 'If-Match',
      required,
      description: 'The ETag of the version that this change was made for; another one gives 412.',
      schema: { type: 'string', examples: ['"v3"'] },
    }),
  );

/** The parameter of a handler that takes what `If-Match` says. */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext): ExpectedVersions => {
  const header = context.switchToHttp().getRequest<FastifyRequest>().headers['if-match'];
  if (header !== undefined) return versionsIn(header, 'strong');
  if (Reflect.getMetadata(REQUIRED, context.getHandler()) === true) throw new PreconditionRequiredError();
  return undefined;
});

export function assertVersion(expected: ExpectedVersions, current: number): void {
  if (expected !== undefined && !expected.includes(current)) throw new StaleVersionError(current);
}
