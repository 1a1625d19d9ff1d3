import { Injectable } from '@nestjs/common';
import { SecretUnreadableError } from './domain/secret.errors';
import { SecretRows } from './persistence/secret-rows';

/** As many as there may be instances in memory elsewhere; forgotten all together. */
const KNOWN_MAX = 20_000;

/** Which workspace an instance belongs to; it never moves, so what was learned once holds, outages included. */
@Injectable()
export class InstanceWorkspaces {
  private readonly known = new Map<string, string>();

  constructor(private readonly rows: SecretRows) {}

  async of(instanceId: string): Promise<string> {
    const known = this.known.get(instanceId);
    if (known !== undefined) return known;
    const workspaceId = await this.rows.workspaceOf(instanceId);
    if (workspaceId === undefined)
      throw new SecretUnreadableError('of an instance that is gone', 'any provider');
    if (this.known.size >= KNOWN_MAX) this.known.clear();
    this.known.set(instanceId, workspaceId);
    return workspaceId;
  }
}
