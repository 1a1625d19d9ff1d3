import { Injectable, type OnModuleInit, type Type } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/internal';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { accessOf } from '@app/http';
import { isPermission } from './domain/permissions';

/**
 * Walks every HTTP handler before the process listens. A handler that says nothing about who may call it, or names a
 * permission that does not exist, keeps the process from starting: deny by default is worth little if it is found in production.
 */
@Injectable()
export class AccessRules implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  onModuleInit(): void {
    const faults = this.discovery
      .getControllers()
      .flatMap(({ metatype }) => faultsOf(metatype, this.scanner));
    if (faults.length > 0) throw new Error(`Handlers without a valid access rule:\n  ${faults.join('\n  ')}`);
  }
}

function faultsOf(controller: unknown, scanner: MetadataScanner): string[] {
  if (typeof controller !== 'function') return [];
  const prototype = controller.prototype as Record<string, unknown>;
  return scanner
    .getAllMethodNames(prototype)
    .map((name) => ({ name, handler: prototype[name] }))
    .filter(({ handler }) => typeof handler === 'function' && Reflect.hasMetadata(METHOD_METADATA, handler))
    .flatMap(({ name, handler }) => {
      const fault = faultOf(handler as object, controller as Type);
      return fault === undefined ? [] : [`${controller.name}.${name}: ${fault}`];
    });
}

function faultOf(handler: object, controller: Type): string | undefined {
  const access = accessOf({ handler, controller });
  if (access === undefined) return 'add @RequirePermission(…) or @Public()';
  const unknown = access.isPublic ? undefined : access.permissions.find((name) => !isPermission(name));
  return unknown === undefined
    ? undefined
    : `"${unknown}" is not a permission; they are listed in identity/domain/permissions.ts`;
}
