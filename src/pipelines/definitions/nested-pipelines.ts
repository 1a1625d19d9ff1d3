import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type FieldProblem, isUuid } from '@app/kernel';
import { type Principal } from '@app/telemetry';
import { NESTING_MAX } from './limits';
import { PipelineAccess } from './pipeline-access';
import { type PipelineBody, type StageBody, type SubPipelineBody } from './pipeline-body';
import { problem } from './problems';

interface Named {
  readonly id: string;
  readonly name: string;
  readonly version: number;
}

/** A pipeline inside others, with the names on the way to it. */
interface Nested {
  readonly id: string;
  readonly version: number | null;
  readonly way: readonly string[];
}

/** Pipelines that one pipeline reaches; more are refused rather than followed. */
const REACHED_MAX = 1_000;

/** Pipelines as stages: they exist, the caller may run them, and none comes back to where it began. */
@Injectable()
export class NestedPipelines {
  constructor(
    private readonly db: Database,
    private readonly access: PipelineAccess,
  ) {}

  /** The body with ids beside the names, and what is wrong. `selfId` is the pipeline that is about to change. */
  async resolve(
    principal: Principal,
    body: PipelineBody,
    selfId: string | undefined,
  ): Promise<{ readonly body: PipelineBody; readonly problems: readonly FieldProblem[] }> {
    const problems: FieldProblem[] = [];
    const stages: StageBody[] = [];
    for (const [at, stage] of body.stages.entries()) {
      const { pipeline } = stage;
      if (pipeline === undefined) {
        stages.push(stage);
        continue;
      }
      const pointer = `/stages/${String(at)}/pipeline`;
      const found = await this.find(principal, pipeline.pipeline);
      if (found === undefined || !this.access.may({ principal, permission: 'pipelines:execute' }, found)) {
        problems.push(problem(`${pointer}/pipeline`, 'is no pipeline that you may run', 'pipeline_unknown'));
        continue;
      }
      problems.push(...(await this.judge(pipeline, found, { pointer, name: body.name, selfId })));
      stages.push({ ...stage, pipeline: { ...pipeline, pipeline_id: found.id } });
    }
    return { body: { ...body, stages }, problems };
  }

  private async find({ workspaceId }: Principal, idOrName: string): Promise<Named | undefined> {
    const [row] = await this.db.query<Named>(
      `SELECT id, name, version FROM pipeline
        WHERE workspace_id = $1 AND (id = $2::uuid OR name = $3) AND archived_at IS NULL
        ORDER BY id = $2::uuid DESC NULLS LAST LIMIT 1`,
      [workspaceId, isUuid(idOrName) ? idOrName : null, idOrName],
    );
    return row;
  }

  private async judge(
    { version }: SubPipelineBody,
    found: Named,
    from: { readonly pointer: string; readonly name: string; readonly selfId: string | undefined },
  ): Promise<readonly FieldProblem[]> {
    if (version !== undefined && version > found.version)
      return [problem(`${from.pointer}/version`, `is no version of "${found.name}"`, 'version_unknown')];
    const detail = await this.comesBack(
      { id: found.id, version: version ?? null, way: [from.name, found.name] },
      from.selfId,
    );
    return detail === undefined ? [] : [problem(`${from.pointer}/pipeline`, detail, 'recursion')];
  }

  /** Level by level, so that the shortest way back is told. */
  private async comesBack(first: Nested, selfId: string | undefined): Promise<string | undefined> {
    let level: readonly Nested[] = [first];
    const seen = new Set<string>();
    for (let depth = 2; level.length > 0; depth += 1) {
      const back = level.find(({ id }) => id === selfId);
      if (back !== undefined) return `runs itself: ${back.way.join(' → ')}`;
      if (depth > NESTING_MAX) return `nests pipelines deeper than ${String(NESTING_MAX)}`;
      const fresh = level.filter((one) => !seen.has(keyOf(one)));
      for (const one of fresh) seen.add(keyOf(one));
      if (seen.size > REACHED_MAX) return `reaches more than ${String(REACHED_MAX)} pipelines`;
      level = await this.inside(fresh);
    }
    return undefined;
  }

  private async inside(outer: readonly Nested[]): Promise<readonly Nested[]> {
    if (outer.length === 0) return [];
    const rows = await this.db.query<{ place: number; id: string; version: number | null; name: string }>(
      `SELECT o.place::integer AS place, u.id, u.version, p.name
         FROM unnest($1::uuid[], $2::integer[]) WITH ORDINALITY AS o (id, version, place)
         JOIN pipeline outside ON outside.id = o.id
         JOIN pipeline_version v ON v.pipeline_id = o.id AND v.version = coalesce(o.version, outside.version)
         CROSS JOIN LATERAL (
           SELECT (used ->> 'pipeline_id')::uuid AS id, (used ->> 'version')::integer AS version
             FROM jsonb_path_query(v.definition, '$.stages[*].pipeline') AS used) AS u
         JOIN pipeline p ON p.id = u.id`,
      [outer.map(({ id }) => id), outer.map(({ version }) => version)],
    );
    return rows.map(({ place, id, version, name }) => ({
      id,
      version,
      way: [...(outer[place - 1]?.way ?? []), name],
    }));
  }
}

const keyOf = ({ id, version }: Nested): string => `${id}@${String(version)}`;
