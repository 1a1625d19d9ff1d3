import { applyDecorators, SetMetadata, type Type } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension } from '@nestjs/swagger';

const PERMISSIONS = 'quayside:permissions';
const PUBLIC = 'quayside:public';

/** All of them are needed. The guard of the identity context reads this; a handler without it does not boot. */
export const RequirePermission = (...permissions: readonly [string, ...string[]]) =>
  applyDecorators(
    SetMetadata(PERMISSIONS, permissions),
    ApiExtension('x-permissions', permissions),
    ApiBearerAuth(),
  );

/** Open to everybody. The list of such handlers is short and stands in the documentation. */
export const Public = () => applyDecorators(SetMetadata(PUBLIC, true), ApiExtension('x-public', true));

/** A route's handler and its class, as Nest's execution context gives them. */
export interface RouteHandler {
  readonly handler: object;
  readonly controller: Type;
}

/** What a handler says of itself, or its controller for it; undefined = unclaimed, which no guard may let pass. */
export function accessOf({ handler, controller }: RouteHandler): Access | undefined {
  for (const place of [handler, controller]) {
    if (Reflect.getMetadata(PUBLIC, place) === true) return { isPublic: true };
    const permissions = Reflect.getMetadata(PERMISSIONS, place) as readonly string[] | undefined;
    if (permissions !== undefined) return { isPublic: false, permissions };
  }
  return undefined;
}

export type Access =
  { readonly isPublic: true } | { readonly isPublic: false; readonly permissions: readonly string[] };
