import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { EventAppender } from '@app/outbox';
import { Keyring, newApiKey } from '@app/security';
import { actorOf, type Principal, requestContext } from '@app/telemetry';
import { FACTS } from '../identity-facts';
import { IdentityNotices } from '../identity-notices';
import { ApiKeyUnknownError } from './api-key.errors';
import { type IssuedKey, type KeyChange, type KeyReach, type NewKey } from './issued-key';
import { KeyRows } from './key-rows';
import { assertNarrower, judgeNewKey } from './key-rules';

/** The key itself is told here, once. */
export interface FreshKey {
  readonly id: string;
  readonly secret: string;
}

/** Issues, narrows and revokes keys. */
@Injectable()
export class ApiKeys {
  constructor(
    private readonly db: Database,
    private readonly rows: KeyRows,
    private readonly keyring: Keyring,
    private readonly events: EventAppender,
    private readonly notices: IdentityNotices,
  ) {}

  /** For whoever may decide: an administrator's wish is judged by `issueFor`, an agent's token by the agents' context. */
  async issue(wanted: NewKey): Promise<FreshKey> {
    const { id, key, digest } = newApiKey(this.keyring);
    const { name, role, scopes, workspaceId, userId, agentId, expiresAt } = wanted;
    await this.db.transaction(async () => {
      await this.rows.insert(id, digest, { ...wanted, createdBy: actorOf(requestContext.get()) });
      const about = { user_id: userId ?? null, agent_id: agentId ?? null, expires_at: isoOf(expiresAt) };
      await this.events.append([FACTS.keyIssued(id, { name, role, scopes: [...scopes], ...about })], {
        workspaceId,
        after: { name, role, scopes, ...about, limited_to: wanted.limitedTo },
      });
    });
    return { id, secret: key };
  }

  /** What the caller asks for, cut off where it would be more than the caller holds. */
  issueFor(actor: Principal, wanted: NewKey): Promise<FreshKey> {
    judgeNewKey(actor, wanted, new Date());
    return this.issue(wanted);
  }

  /** Never to more: a key that is out must not gain. */
  async change(
    reach: KeyReach,
    id: string,
    change: KeyChange,
    demandVersion: (rowVersion: number) => void,
  ): Promise<IssuedKey> {
    return this.db.transaction(async () => {
      const key = await this.rows.get(reach, id, 'FOR UPDATE');
      demandVersion(key.rowVersion);
      assertNarrower(key, change);
      const { name = key.name, scopes = key.scopes, expiresAt = key.expiresAt } = change;
      await this.rows.update({ ...key, name, scopes, expiresAt });
      const changed = await this.rows.get(reach, id);
      await this.events.append(
        [FACTS.keyUpdated(id, { name, scopes: [...scopes], expires_at: isoOf(expiresAt ?? undefined) })],
        { before: stateOf(key), after: stateOf(changed) },
      );
      this.notices.publish('key', id);
      return changed;
    });
  }

  /** A second time it changes nothing. */
  async revoke(reach: KeyReach, id: string, demandVersion: (rowVersion: number) => void): Promise<void> {
    await this.db.transaction(async () => {
      const key = await this.rows.get(reach, id, 'FOR UPDATE');
      demandVersion(key.rowVersion);
      if (!(await this.rows.revoke(id))) throw new ApiKeyUnknownError();
      await this.events.append([FACTS.keyRevoked(id, { name: key.name })], { before: stateOf(key) });
      this.notices.publish('key', id);
    });
  }
}

const isoOf = (date: Date | undefined): string | null => date?.toISOString() ?? null;

/** What is decided of a key; when it was used last is no change of it. */
const stateOf = ({ name, role, scopes, limitedTo, expiresAt }: IssuedKey): object => ({
  ...{ name, role, scopes, limitedTo, expiresAt },
});
