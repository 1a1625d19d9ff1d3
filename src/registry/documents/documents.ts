import { Injectable } from '@nestjs/common';
import { type JsonObject } from '@app/kernel';
import { scopeOfRequest } from '@app/telemetry';
import { DefinitionReader } from '../../catalog';
import { ServerJsonImpossibleError } from '../domain/registry.errors';
import { PublishedRegistry } from '../serving/published-registry';
import { documentOf } from './server-document';

/** Definitions in the words of registries. */
@Injectable()
export class Documents {
  constructor(
    private readonly definitions: DefinitionReader,
    private readonly registry: PublishedRegistry,
  ) {}

  async of(idOrName: string): Promise<JsonObject> {
    const definition = await this.definitions.demand(scopeOfRequest(), idOrName);
    const { namespace } = this.registry.place;
    const document = documentOf(definition.snapshot(), namespace);
    if (document === undefined) throw new ServerJsonImpossibleError(definition.name);
    return document;
  }
}
