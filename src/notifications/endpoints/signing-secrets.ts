import { Injectable } from '@nestjs/common';
import { secretReference } from '@app/contracts';
import { Database } from '@app/database';
import { newWebhookSecret } from '@app/security';
import { AuditTrail } from '../../audit';
import { SecretReader, type SecretValue, SecretVault } from '../../secrets';

const NAME = 'WEBHOOK_SECRET';
/** Both secrets sign meanwhile: enough for every receiver to be given the new one. */
const GRACE_HOURS = 24;
/** Every delivery of an endpoint needs its secret; one failure of the store is not a thousand rows of the trail. */
const NOTE_AGAIN_AFTER_MS = 60_000;
const NOTES_MAX = 1_000;

interface SigningRow {
  readonly version: number;
  readonly previous: number | null;
}

export interface FreshSecret {
  /** Shown once; only the store has it afterwards. */
  readonly secret: string;
  readonly version: number;
  /** Until when the one before signs too; null: there was none. */
  readonly previousUntil: Date | null;
}

/** What signs for an endpoint, or for the addresses that runs of a workspace name. Values lie in the store of secrets alone. */
@Injectable()
export class SigningSecrets {
  /** When a failure was last noted, by scope. */
  private readonly notedAtMs = new Map<string, number>();

  constructor(
    private readonly db: Database,
    private readonly vault: SecretVault,
    private readonly reader: SecretReader,
    private readonly audit: AuditTrail,
  ) {}

  /** The first secret of the scope, or the next one. Joins the caller's transaction. */
  async renew(scope: string, workspaceId: string): Promise<FreshSecret> {
    const secret = newWebhookSecret();
    const { version } = await this.vault.put(scope, NAME, secret, workspaceId);
    const [row] = await this.db.query<{ previousUntil: Date | null }>(
      `INSERT INTO webhook_signing (scope, workspace_id, version) VALUES ($1, $2, $3)
       ON CONFLICT (scope) DO UPDATE SET previous_version = webhook_signing.version, version = excluded.version,
         previous_until = now() + make_interval(hours => $4)
       RETURNING previous_until AS "previousUntil"`,
      [scope, workspaceId, version, GRACE_HOURS],
    );
    return { secret, version, previousUntil: row?.previousUntil ?? null };
  }

  /** The newest first; none where nobody has asked for one yet. */
  async of(scope: string, workspaceId: string): Promise<readonly string[]> {
    const [row] = await this.db.query<SigningRow>(
      `SELECT version, CASE WHEN previous_until > now() THEN previous_version END AS previous
         FROM webhook_signing WHERE scope = $1`,
      [scope],
    );
    if (row === undefined) return [];
    const versions = row.previous === null ? [row.version] : [row.version, row.previous];
    const references = versions.map((version) => `${secretReference(scope, NAME)}@${String(version)}`);
    const values = await this.read(references, scope, workspaceId);
    return references.map((reference) => values.get(reference)?.value ?? '');
  }

  async forget(scope: string): Promise<void> {
    await this.db.execute(`DELETE FROM webhook_signing WHERE scope = $1`, [scope]);
    await this.vault.deleteScope(scope);
  }

  private async read(
    references: readonly string[],
    scope: string,
    workspaceId: string,
  ): Promise<ReadonlyMap<string, SecretValue>> {
    try {
      return await this.reader.readFor(references, workspaceId);
    } catch (error) {
      this.noteFailure(scope, workspaceId);
      throw error;
    }
  }

  private noteFailure(scope: string, workspaceId: string): void {
    const nowMs = performance.now();
    if (nowMs - (this.notedAtMs.get(scope) ?? Number.NEGATIVE_INFINITY) < NOTE_AGAIN_AFTER_MS) return;
    if (this.notedAtMs.size >= NOTES_MAX) this.notedAtMs.clear();
    this.notedAtMs.set(scope, nowMs);
    this.audit.record({
      ...{ action: 'secret.read', resourceType: 'secrets', resourceId: `${scope}:${NAME}` },
      ...{ outcome: 'failed', detail: { used_for: 'webhook' }, workspaceId },
    });
  }
}
