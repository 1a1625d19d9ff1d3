import { Injectable } from '@nestjs/common';
import { Database, isUniqueViolation } from '@app/database';
import { Keyring } from '@app/security';
import { IssuerInvalidError, IssuerNameTakenError, IssuerUnknownError } from './domain/issuer.errors';
import { problem } from './domain/issuer-rules';
import { type IssuerContent, type TrustedIssuer } from './domain/trusted-issuer';
import { type IssuerRow, issuerOf, SECRET_KINDS, type SecretKind, secretAad } from './issuer-row';

/** Far more than anybody trusts; a bound for the list in memory. */
export const MAX_ISSUERS = 200;

const COLUMNS = `i.id, i.name, i.issuer, i.audiences, i.algorithms, i.jwks_url, i.role_claims, i.role_map, i.default_role,
  i.workspace_claim, i.workspace_map, i.workspace_id, i.accepts_missing_issuer, i.accepts_missing_audience, i.serves_mcp,
  i.client_id, i.sign_in_scopes, i.row_version`;
const WITH_SECRETS = `
  SELECT ${COLUMNS}, (
    SELECT jsonb_object_agg(s.kind, jsonb_build_object('kid', s.kid,
             'wrapped_key', encode(s.wrapped_key, 'base64'), 'ciphertext', encode(s.ciphertext, 'base64')))
      FROM trusted_issuer_secret s WHERE s.issuer_id = i.id) AS secrets
    FROM trusted_issuer i`;

export interface StoredIssuer {
  readonly issuer: TrustedIssuer;
  readonly rowVersion: number;
}

/** Rows of trusted issuers, their secrets sealed beside them. */
@Injectable()
export class IssuerStore {
  constructor(
    private readonly db: Database,
    private readonly keyring: Keyring,
  ) {}

  async all(): Promise<StoredIssuer[]> {
    const rows = await this.db.query<IssuerRow>(`${WITH_SECRETS} ORDER BY i.name LIMIT ${MAX_ISSUERS}`);
    return rows.map((row) => this.open(row));
  }

  async get(id: string): Promise<StoredIssuer> {
    const [row] = await this.db.query<IssuerRow>(`${WITH_SECRETS} WHERE i.id = $1`, [id]);
    if (row === undefined) throw new IssuerUnknownError(id);
    return this.open(row);
  }

  /** For a change in the transaction that is open. */
  async lock(id: string): Promise<void> {
    await this.db.query(`SELECT FROM trusted_issuer WHERE id = $1 FOR UPDATE`, [id]);
  }

  async count(): Promise<number> {
    const [row] = await this.db.query<{ n: number }>(`SELECT count(*)::int AS n FROM trusted_issuer`);
    return row?.n ?? 0;
  }

  /** Throws an `IssuerInvalidError` where a workspace does not exist. */
  async demandWorkspaces(content: IssuerContent): Promise<void> {
    const named = [
      ...Object.values(content.workspaceMap),
      ...(content.workspaceId === null ? [] : [content.workspaceId]),
    ];
    if (named.length === 0) return;
    const rows = await this.db.query<{ id: string }>(
      `SELECT id::text FROM workspace WHERE id::text = ANY($1) FOR SHARE`,
      [named],
    );
    const known = new Set(rows.map(({ id }) => id));
    const missing = named.filter((id) => !known.has(id));
    if (missing.length > 0)
      throw new IssuerInvalidError(
        missing.map((id) => problem('/workspace_id', `there is no workspace "${id}"`)),
      );
  }

  async insert(id: string, content: IssuerContent): Promise<void> {
    await this.write(
      `INSERT INTO trusted_issuer (id, name, issuer, audiences, algorithms, jwks_url, role_claims, role_map, default_role,
         workspace_claim, workspace_map, workspace_id, accepts_missing_issuer, accepts_missing_audience, serves_mcp,
         client_id, sign_in_scopes)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10, $11::jsonb, $12, $13, $14, $15, $16, $17)`,
      id,
      content,
    );
  }

  async update(id: string, content: IssuerContent): Promise<void> {
    await this.write(
      `UPDATE trusted_issuer SET name = $2, issuer = $3, audiences = $4, algorithms = $5, jwks_url = $6, role_claims = $7,
         role_map = $8::jsonb, default_role = $9, workspace_claim = $10, workspace_map = $11::jsonb, workspace_id = $12,
         accepts_missing_issuer = $13, accepts_missing_audience = $14, serves_mcp = $15, client_id = $16,
         sign_in_scopes = $17, row_version = row_version + 1, updated_at = now()
       WHERE id = $1`,
      id,
      content,
    );
  }

  async remove(id: string): Promise<void> {
    await this.db.execute(`DELETE FROM trusted_issuer WHERE id = $1`, [id]);
  }

  async putSecret(id: string, kind: SecretKind, value: string): Promise<void> {
    const { kid, wrappedKey, ciphertext } = this.keyring.sealEnvelope(
      Buffer.from(value),
      secretAad(id, kind),
    );
    await this.db.execute(
      `INSERT INTO trusted_issuer_secret (issuer_id, kind, kid, wrapped_key, ciphertext) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (issuer_id, kind) DO UPDATE SET kid = excluded.kid, wrapped_key = excluded.wrapped_key,
         ciphertext = excluded.ciphertext`,
      [id, kind, kid, wrappedKey, ciphertext],
    );
  }

  async removeSecret(id: string, kind: SecretKind): Promise<void> {
    await this.db.execute(`DELETE FROM trusted_issuer_secret WHERE issuer_id = $1 AND kind = $2`, [id, kind]);
  }

  private async write(sql: string, id: string, content: IssuerContent): Promise<void> {
    const { clientId, scopes } = content.signIn ?? { clientId: null, scopes: [] };
    try {
      await this.db.execute(sql, [
        ...[id, content.name, content.issuer, content.audiences, content.algorithms, content.jwksUrl],
        ...[content.roleClaims, JSON.stringify(content.roleMap), content.defaultRole],
        ...[content.workspaceClaim, JSON.stringify(content.workspaceMap), content.workspaceId],
        ...[
          content.acceptsMissingIssuer,
          content.acceptsMissingAudience,
          content.servesMcp,
          clientId,
          scopes,
        ],
      ]);
    } catch (error) {
      if (isUniqueViolation(error)) throw new IssuerNameTakenError(content.name);
      throw error;
    }
  }

  private open(row: IssuerRow): StoredIssuer {
    const [shared, client] = SECRET_KINDS.map((kind) => {
      const sealed = row.secrets?.[kind];
      if (sealed === undefined) return undefined;
      const { kid, wrapped_key, ciphertext } = sealed;
      const envelope = {
        kid,
        wrappedKey: Buffer.from(wrapped_key, 'base64'),
        ciphertext: Buffer.from(ciphertext, 'base64'),
      };
      return this.keyring.openEnvelope(envelope, secretAad(row.id, kind));
    });
    return { issuer: issuerOf(row, shared, client?.toString('utf8')), rowVersion: row.row_version };
  }
}
