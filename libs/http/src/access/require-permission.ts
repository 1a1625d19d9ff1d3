import { applyDecorators, SetMetadata, type Type } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension } from '@nestjs/swagger';

const PERMISSIONS = 'quayside:permissions';
const PUBLIC = 'quayside:public';
const OPEN_WHILE = 'quayside:open-while';

/** All of them are needed. The guard of the identity context reads this; a handler without it does not boot. */
export const RequirePermission = (...permissions: readonly [string, ...string[]]) =>
  applyDecorators(
    SetMetadata(PERMISSIONS, permissions),
    ApiExtension('x-permissions', permissions),
    ApiBearerAuth(),
  );

/** Open to everybody. The list of such handlers is short and stands in the documentation. */
export const Public = () => applyDecorators(SetMetadata(PUBLIC, true), ApiExtension('x-public', true));

/**
 * Open to everybody while a stored setting says so; whoever has a credential is still known by it. Beside `RequirePermission`,
 * which holds at all other times.
 */
export const OpenWhile = (setting: string, value: string) =>
  applyDecorators(
    SetMetadata(OPEN_WHILE, { setting, value } satisfies OpenCondition),
    ApiExtension('x-open-while', `${setting}=${value}`),
  );

export interface OpenCondition {
  readonly setting: string;
  readonly value: string;
}

/** A route's handler and its class, as Nest's execution context gives them. */
export interface RouteHandler {
  readonly handler: object;
  readonly controller: Type;
}

interface Known {
  readonly controller: Type;
  readonly access: Access | undefined;
}

/** Decorators are done when the first request comes, and reading what they left costs more than most checks. */
const known = new WeakMap<object, Known>();

/** What a handler says of itself, or its controller for it; undefined = unclaimed, which no guard may let pass. */
export function accessOf({ handler, controller }: RouteHandler): Access | undefined {
  const before = known.get(handler);
  // A handler that several controllers inherit may be claimed by each of them in its own way.
  if (before?.controller === controller) return before.access;
  const access = readAccess(handler, controller);
  known.set(handler, { controller, access });
  return access;
}

function readAccess(handler: object, controller: Type): Access | undefined {
  for (const place of [handler, controller]) {
    if (Reflect.getMetadata(PUBLIC, place) === true) return { isPublic: true };
    const permissions = Reflect.getMetadata(PERMISSIONS, place) as readonly string[] | undefined;
    const openWhile = Reflect.getMetadata(OPEN_WHILE, place) as OpenCondition | undefined;
    if (permissions !== undefined)
      return { isPublic: false, permissions, ...(openWhile === undefined ? {} : { openWhile }) };
  }
  return undefined;
}

export type Access =
  | { readonly isPublic: true }
  | {
      readonly isPublic: false;
      readonly permissions: readonly string[];
      readonly openWhile?: OpenCondition;
    };
