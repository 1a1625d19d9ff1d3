import { Injectable } from '@nestjs/common';
import { importerOfRequest } from '../commands/importer-of-request';
import { type ImportPlan } from '../domain/import-plan';
import { ImportStore } from '../persistence/import-store';

/** Imports are shown to whoever made them, and to nobody else. */
@Injectable()
export class ImportQueries {
  constructor(private readonly plans: ImportStore) {}

  get(id: string): Promise<ImportPlan> {
    return this.plans.get(importerOfRequest(), id);
  }

  list(): Promise<readonly ImportPlan[]> {
    return this.plans.list(importerOfRequest());
  }
}
