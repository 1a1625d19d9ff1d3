import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type FieldProblem, type Scope } from '@app/kernel';
import { isRole } from '../domain/permissions';
import { GrantSubjectUnknownError } from './grant.errors';
import { type WantedGrant } from './grant-rules';

/** The key of the settings has no row. */
const BOOTSTRAP = 'bootstrap';

/** A grant to a misspelt name would close a resource to everybody, and open it to whoever gets that id one day. */
@Injectable()
export class GrantSubjects {
  constructor(private readonly db: Database) {}

  async assertKnown({ workspaceId }: Scope, wanted: readonly WantedGrant[]): Promise<void> {
    const known = await this.known(workspaceId, wanted);
    const faults = wanted.flatMap(({ subjectKind, subject }, at): readonly FieldProblem[] => {
      const isThere = subjectKind === 'role' ? isRole(subject) : known.has(`${subjectKind}:${subject}`);
      if (isThere) return [];
      const detail = `There is no ${subjectKind} "${subject}" in this workspace.`;
      return [{ pointer: `/grants/${String(at)}/subject`, code: 'unknown', detail }];
    });
    if (faults.length > 0) throw new GrantSubjectUnknownError(faults);
  }

  private async known(workspaceId: string, wanted: readonly WantedGrant[]): Promise<ReadonlySet<string>> {
    const named = wanted.filter(({ subjectKind }) => subjectKind !== 'role').map(({ subject }) => subject);
    const rows = await this.db.query<{ subject: string }>(
      `SELECT 'user:' || user_id AS subject FROM user_membership WHERE workspace_id = $1 AND user_id::text = ANY($2::text[])
       UNION ALL
       SELECT 'key:' || id FROM api_key WHERE workspace_id = $1 AND id = ANY($2::text[]) AND revoked_at IS NULL`,
      [workspaceId, named],
    );
    return new Set([`key:${BOOTSTRAP}`, ...rows.map(({ subject }) => subject)]);
  }
}
