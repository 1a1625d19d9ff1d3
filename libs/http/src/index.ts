export {
  type Access,
  accessOf,
  type OpenCondition,
  OpenWhile,
  Public,
  RequirePermission,
  type RouteHandler,
} from './access/require-permission';
export { assertRoutesClaimed } from './access/assert-routes-claimed';
export { mountDocs, type DocsOptions } from './docs/mount-docs';
export { etagOf } from './etag/etag';
export { PreconditionRequiredError, StaleVersionError } from './etag/etag-errors';
export { withRowVersion } from './etag/etag.interceptor';
export { assertVersion, type ExpectedVersions, IfMatch, UseETag } from './etag/use-etag';
export {
  IdempotencyInProgressError,
  IdempotencyKeyReusedError,
  InvalidIdempotencyKeyError,
} from './idempotency/idempotency-errors';
export { IdempotencyStore } from './idempotency/idempotency-store';
export { IdempotencyInterceptor } from './idempotency/idempotency.interceptor';
export { Cursors, InvalidCursorError, type ListFilter } from './lists/cursors';
export { DEFAULT_LIMIT, ListQuery, MAX_LIMIT, MAX_WAIT_S, WaitQuery } from './lists/list-query';
export { buildOpenApi, type OpenApiOptions } from './openapi/build-openapi';
export { ApiProblems } from './problems/api-problems';
export { FieldProblemDto, ProblemDto } from './problems/problem.dto';
export { ProblemDetailsFilter } from './problems/problem-details.filter';
export { PROBLEM_TYPE, type ProblemAnswer, problemOf, type ProblemPlace } from './problems/problem-of';
export {
  BodyTooComplexError,
  DuplicateKeyError,
  ForbiddenKeyError,
  HostNotAllowedError,
  InvalidQueryError,
  MalformedBodyError,
  OriginNotAllowedError,
  UnknownFieldError,
  ValidationFailedError,
} from './problems/request-errors';
export { logFault } from './problems/log-fault';
export { sendProblem, writeProblem } from './problems/send-problem';
export { AllowedHosts, type AllowedHostsOptions } from './server/allowed-hosts';
export { canonicalUrl, PATH_ALIASES, type PathAlias } from './server/aliases';
export { clientAddress } from './server/client-address';
export {
  createHttpApp,
  DEFAULT_BODY_LIMIT_BYTES,
  type HttpAppOptions,
  routesOf,
} from './server/create-http-app';
export { parseJson } from './server/json-body';
export { type Below, type HouseRules, mountBelow, mountUpgrades } from './server/mount-below';
export { openToPages } from './server/open-to-pages';
export { requestIdOf } from './server/request-scope';
export { RouteTable } from './server/route-table';
export { type UpgradeHandler } from './server/upgrades';
export { AlsoJudged } from './validation/also-judged';
export { Evidently } from './validation/evidently';
export { fieldsOf, toFieldProblems } from './validation/field-problems';
export { IfSent } from './validation/if-sent';
export { nearest } from './validation/nearest';
export { RequestValidationPipe } from './validation/request-validation.pipe';
