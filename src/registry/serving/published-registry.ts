import { Injectable } from '@nestjs/common';
import { type Principal, requestContext } from '@app/telemetry';
import { StoredSettings } from '../../settings';
import { entryOf, type Place, type RegistryEntry } from '../domain/published-server';
import {
  RegistryOffError,
  RegistryServerUnknownError,
  RegistryVersionUnknownError,
} from '../domain/registry.errors';
import { namespaceOf, serverNamed } from '../domain/server-names';
import { RegistryOptions } from '../registry.options';
import { type PublishedFilter, PublishedServers } from './published-servers';

export interface EntriesAsk extends PublishedFilter {
  readonly after: string;
  readonly limit: number;
}

export interface Entries {
  readonly entries: readonly RegistryEntry[];
  readonly next: string | undefined;
}

/** What is published, in the words of a registry. */
@Injectable()
export class PublishedRegistry {
  readonly place: Place;

  constructor(
    private readonly servers: PublishedServers,
    private readonly settings: StoredSettings,
    { publicUrl }: RegistryOptions,
  ) {
    this.place = { publicUrl, namespace: namespaceOf(publicUrl) };
  }

  async list(ask: EntriesAsk): Promise<Entries> {
    const caller = this.caller();
    const { servers, next } = await this.servers.page(caller, { ...ask, namespace: this.place.namespace });
    return { entries: servers.map((server) => entryOf(server, this.place)), next };
  }

  /** Without a version: the one that runs. */
  async get(fullName: string, version?: string): Promise<RegistryEntry> {
    const caller = this.caller();
    const named = serverNamed(this.place.namespace, fullName);
    const server = named === undefined ? undefined : await this.servers.find(caller, named);
    if (server === undefined) throw new RegistryServerUnknownError(fullName);
    if (version !== undefined && version !== server.version) throw new RegistryVersionUnknownError(version);
    return entryOf(server, this.place);
  }

  /** Nobody is a caller only while that is what an administrator wants: the guard has seen to it. */
  private caller(): Principal | undefined {
    if (this.settings.get('registry_access') === 'off') throw new RegistryOffError();
    return requestContext.get()?.principal;
  }
}
