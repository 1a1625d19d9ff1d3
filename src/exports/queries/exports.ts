import { Injectable } from '@nestjs/common';
import { principalOfRequest } from '@app/telemetry';
import { PermissionDeniedError } from '../../identity';
import { type Change, compare } from '../domain/compare';
import { type Manifest } from '../domain/manifest';
import { ManifestRows } from '../persistence/manifest-rows';
import { readManifest, writeManifest } from './manifest-text';

/** What is declared, as text, and how another text differs from it. */
@Injectable()
export class Exports {
  constructor(private readonly rows: ManifestRows) {}

  async export(): Promise<string> {
    return writeManifest(await this.current());
  }

  async plan(content: string, prune: boolean): Promise<readonly Change[]> {
    const wanted = readManifest(content);
    return compare(await this.current(), wanted, prune);
  }

  /** A key that was issued for some instances only would be shown the others. */
  private async current(): Promise<Manifest> {
    const { limitedTo, workspaceId } = principalOfRequest();
    if (limitedTo !== undefined) throw new PermissionDeniedError('instances:read');
    return this.rows.read(workspaceId);
  }
}
