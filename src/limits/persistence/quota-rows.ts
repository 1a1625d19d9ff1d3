import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type QuotaScope } from '../domain/limits.errors';
import { type DailyResource, type HeldAmounts } from '../domain/quota-resource';
import { ownerParams, type QuotaOwner } from '../quotas/quota-owner';

export interface Refused {
  readonly scope: QuotaScope;
  readonly resource: string;
  readonly used: number;
  readonly limit: number;
}

export interface Drawn {
  readonly granted: number;
  readonly scope: QuotaScope | null;
  readonly used: number;
  readonly limit: number;
}

export interface Draw {
  readonly owner: QuotaOwner;
  readonly resource: DailyResource;
  readonly day: string;
  /** With less than this nothing is taken. */
  readonly least: number;
  readonly wanted: number;
}

export interface Holder {
  /** Of what kind it is: `instances`. */
  readonly kind: string;
  readonly id: string;
}

/** The functions of migration 1900: each is one statement of the transaction that is open. */
@Injectable()
export class QuotaRows {
  constructor(private readonly db: Database) {}

  /** What the thing holds from now on, in place of what it held; whatever it was made by stays its owner. */
  async hold({ kind, id }: Holder, amounts: HeldAmounts, owner: QuotaOwner): Promise<Refused | undefined> {
    const [refused] = await this.db.query<Refused>(
      `SELECT scope, resource, used::float8 AS used, "limit"::float8 AS "limit"
         FROM quota_hold($1, $2, $3::uuid, $4, $5, $6, $7::jsonb)`,
      [kind, id, ...ownerParams(owner), JSON.stringify(amounts)],
    );
    return refused;
  }

  async draw({ owner, resource, day, least, wanted }: Draw): Promise<Drawn> {
    const [drawn] = await this.db.query<Drawn>(
      `SELECT granted::float8 AS granted, scope, used::float8 AS used, "limit"::float8 AS "limit"
         FROM quota_draw($1::uuid, $2, $3, $4, $5, $6::date, $7::bigint, $8::bigint)`,
      [...ownerParams(owner), resource, day, least, wanted],
    );
    if (drawn === undefined) throw new Error('the database said nothing of a quota');
    return drawn;
  }

  async giveBack({ owner, resource, day }: Omit<Draw, 'least' | 'wanted'>, amount: number): Promise<void> {
    await this.db.query(`SELECT quota_give_back($1::uuid, $2, $3, $4, $5, $6::date, $7::bigint)`, [
      ...ownerParams(owner),
      ...[resource, day, amount],
    ]);
  }

  /** Every limit of one resource that was set for somebody. */
  limitsOf(
    resource: string,
  ): Promise<readonly { workspaceId: string; scope: QuotaScope; scopeId: string; limit: number | null }[]> {
    return this.db.query(
      `SELECT workspace_id AS "workspaceId", scope, scope_id AS "scopeId", (limits ->> $1)::float8 AS "limit"
         FROM quota WHERE limits ? $1`,
      [resource],
    );
  }
}
