import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { InstancesOfDefinitions, type RemoteInstance } from '../catalog';
import { CatalogInstances } from './catalog-instances';

/**
 * Binds the catalogue's port. Instances import the catalogue, so the catalogue's module cannot import theirs: the part is
 * looked up when it is first needed, which lets the root bind the port without knowing what stands behind it.
 */
@Injectable()
export class DefinitionInstances extends InstancesOfDefinitions {
  constructor(private readonly modules: ModuleRef) {
    super();
  }

  override createRemote(remote: RemoteInstance): Promise<{ id: string }> {
    return this.instances().createRemote(remote);
  }

  override countUsing(definitionId: string): Promise<number> {
    return this.instances().countUsing(definitionId);
  }

  override detachDeleted(definitionId: string): Promise<void> {
    return this.instances().detachDeleted(definitionId);
  }

  private instances(): CatalogInstances {
    return this.modules.get(CatalogInstances, { strict: false });
  }
}
