import { type INestApplicationContext, type Type } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/internal';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { accessOf } from './require-permission';

/** A forgotten decorator must not wait for its first request: the process does not start. */
export function assertRoutesClaimed(app: INestApplicationContext): void {
  const unclaimed = [...app.get(ModulesContainer).values()]
    .flatMap(({ controllers }) => [...controllers.values()])
    .flatMap(({ metatype }) => unclaimedHandlers(metatype as Type));
  if (unclaimed.length === 0) return;
  throw new Error(`These handlers say neither @RequirePermission nor @Public: ${unclaimed.join(', ')}.`);
}

function unclaimedHandlers(controller: Type): readonly string[] {
  const prototype = controller.prototype as Record<string, object>;
  return new MetadataScanner()
    .getAllMethodNames(prototype)
    .filter((name) => {
      const handler = prototype[name];
      if (handler === undefined || !Reflect.hasMetadata(PATH_METADATA, handler)) return false;
      return accessOf({ handler, controller }) === undefined;
    })
    .map((name) => `${controller.name}.${name}`);
}
