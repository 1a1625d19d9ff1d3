import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { newId } from '@app/kernel';
import { EventAppender } from '@app/outbox';
import { actorOf, type Principal, requestContext } from '@app/telemetry';
import { FACTS } from '../identity-facts';
import { TooManyViewsError } from './view.errors';

export interface SavedView {
  readonly name: string;
  /** In the console, below its base. */
  readonly path: string;
  readonly createdAt: Date;
}

export const VIEWS_MAX = 100;

/** Views of lists that somebody saved for themselves: seen by nobody else, in one workspace. */
@Injectable()
export class SavedViews {
  constructor(
    private readonly db: Database,
    private readonly events: EventAppender,
  ) {}

  list(principal: Principal): Promise<readonly SavedView[]> {
    return this.db.query<SavedView>(
      `SELECT name, path, created_at AS "createdAt" FROM saved_view WHERE workspace_id = $1 AND owner = $2 ORDER BY name`,
      [principal.workspaceId, ownerOf(principal)],
    );
  }

  /** Under a name that is there it takes the place of the one before. */
  async put(principal: Principal, name: string, path: string): Promise<SavedView> {
    const owner = ownerOf(principal);
    return this.db.transaction(async () => {
      const before = await this.pathOf(principal, name);
      const [view] = await this.db.query<SavedView>(
        `INSERT INTO saved_view (id, workspace_id, owner, name, path)
         SELECT $1, $2, $3, $4, $5
          WHERE (SELECT count(*) FROM saved_view WHERE workspace_id = $2 AND owner = $3 AND name <> $4) < ${VIEWS_MAX}
         ON CONFLICT (workspace_id, owner, name) DO UPDATE SET path = excluded.path
         RETURNING name, path, created_at AS "createdAt"`,
        [newId(), principal.workspaceId, owner, name, path],
      );
      if (view === undefined) throw new TooManyViewsError(VIEWS_MAX);
      await this.events.append([FACTS.viewSaved(name, { name, path })], { before, after: { path } });
      return view;
    });
  }

  async remove(principal: Principal, name: string): Promise<void> {
    await this.db.transaction(async () => {
      const before = await this.pathOf(principal, name);
      if (before === undefined) return;
      await this.db.execute(`DELETE FROM saved_view WHERE workspace_id = $1 AND owner = $2 AND name = $3`, [
        ...[principal.workspaceId, ownerOf(principal), name],
      ]);
      await this.events.append([FACTS.viewRemoved(name, { name })], { before });
    });
  }

  private async pathOf(principal: Principal, name: string): Promise<{ readonly path: string } | undefined> {
    const [row] = await this.db.query<{ path: string }>(
      `SELECT path FROM saved_view WHERE workspace_id = $1 AND owner = $2 AND name = $3 FOR UPDATE`,
      [principal.workspaceId, ownerOf(principal), name],
    );
    return row;
  }
}

/** A person, by whichever key or session; else the key itself. */
const ownerOf = ({ userId }: Principal): string =>
  userId === undefined ? actorOf(requestContext.get()) : `user:${userId}`;
