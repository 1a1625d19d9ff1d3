import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { actorOf, idOfRequest, type Principal, requestContext, scopeOf } from '@app/telemetry';
import { DefinitionChecks, type Judged } from './definition-checks';
import { NestedPipelines } from './nested-pipelines';
import { normalize } from './normalize';
import { PipelineAccess } from './pipeline-access';
import { type PipelineBody } from './pipeline-body';
import { PipelineJournal } from './pipeline-journal';
import { type NewVersion, type PipelineRow, PipelineRows } from './pipeline-rows';
import { PipelineInUseError, PipelineInvalidError, PipelineUnknownError } from './pipeline.errors';

export interface Saved extends Pick<Judged, 'warnings'> {
  readonly id: string;
}

/** Checks the version that the caller saw against the stored one; throws when they differ. */
type DemandVersion = (rowVersion: number) => void;

/** Two pipelines that are about to become stages of each other must not be judged side by side. */
const NESTING_LOCK = `SELECT pg_advisory_xact_lock(hashtextextended('pipeline nesting ' || $1, 0))`;

/** What people do to pipelines. */
@Injectable()
export class PipelineChanges {
  // eslint-disable-next-line max-params -- A constructor that is called by the container; each part is one word here.
  constructor(
    private readonly db: Database,
    private readonly rows: PipelineRows,
    private readonly checks: DefinitionChecks,
    private readonly nested: NestedPipelines,
    private readonly access: PipelineAccess,
    private readonly journal: PipelineJournal,
  ) {}

  async create(principal: Principal, body: PipelineBody): Promise<Saved> {
    const warnings = await this.checks.demand(principal, body);
    const id = idOfRequest('pipeline', body.name);
    await this.db.transaction(async () => {
      const version = await this.prepare(principal, body, { id, version: 1, isNew: true });
      await this.rows.insert(scopeOf(principal), version);
      await this.rows.addVersion(version);
      await this.journal.created(principal, version);
    });
    return { id, warnings };
  }

  /** A new version; runs that have begun keep theirs. */
  async replace(
    principal: Principal,
    idOrName: string,
    { body, demandVersion }: { readonly body: PipelineBody; readonly demandVersion: DemandVersion },
  ): Promise<Saved> {
    const { id } = await this.access.demand(principal, 'pipelines:update', idOrName);
    const warnings = await this.checks.demand(principal, body);
    await this.db.transaction(async () => {
      const found = await this.lock(principal, id);
      demandVersion(found.rowVersion);
      const version = await this.prepare(principal, body, { id, version: found.version + 1, isNew: false });
      await this.rows.addVersion(version);
      await this.rows.point(version);
      await this.journal.updated(principal, version, found);
    });
    return { id, warnings };
  }

  async remove(principal: Principal, idOrName: string, demandVersion: DemandVersion): Promise<void> {
    const { id } = await this.access.demand(principal, 'pipelines:delete', idOrName);
    await this.db.transaction(async () => {
      await this.db.query(NESTING_LOCK, [principal.workspaceId]);
      const found = await this.lock(principal, id);
      demandVersion(found.rowVersion);
      const users = await this.rows.usersOf(id);
      if (users.length > 0) throw new PipelineInUseError(found.name, users);
      await this.rows.remove(id);
      await this.journal.removed(principal, found);
    });
  }

  private async lock(principal: Principal, id: string): Promise<PipelineRow> {
    const found = await this.rows.lock(scopeOf(principal), id);
    // Deleted a moment ago.
    if (found === undefined) throw new PipelineUnknownError(id);
    return found;
  }

  private async prepare(
    principal: Principal,
    wanted: PipelineBody,
    { id, version, isNew }: { readonly id: string; readonly version: number; readonly isNew: boolean },
  ): Promise<NewVersion> {
    const nests = wanted.stages.some(({ pipeline }) => pipeline !== undefined);
    if (nests) await this.db.query(NESTING_LOCK, [principal.workspaceId]);
    const { body, problems } = await this.nested.resolve(
      principal,
      normalize(wanted),
      isNew ? undefined : id,
    );
    if (problems.length > 0) throw new PipelineInvalidError(problems);
    const uses = body.stages.flatMap(({ pipeline }) => pipeline?.pipeline_id ?? []);
    const createdBy = actorOf(requestContext.get());
    return { pipelineId: id, version, body, uses: [...new Set(uses)], createdBy };
  }
}
