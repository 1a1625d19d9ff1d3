import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { DEFAULT_WORKSPACE_ID } from '@app/kernel';

export interface PublishedPipeline {
  readonly name: string;
  readonly description: string;
}

/** As many as a card may have that we would read ourselves. */
const SHOWN_MAX = 256;

/** Names are one workspace's: nobody at all is shown the first one's. */
const PUBLISHED = `
  SELECT p.name, coalesce(v.definition ->> 'description', '') AS description
    FROM pipeline p JOIN pipeline_version v ON v.pipeline_id = p.id AND v.version = p.version
   WHERE p.workspace_id = $1 AND p.archived_at IS NULL AND v.definition -> 'is_public' = 'true'::jsonb
   ORDER BY p.name COLLATE "C" LIMIT $2`;

/** The pipelines whose names everybody may read. */
@Injectable()
export class PublishedPipelines {
  constructor(private readonly db: Database) {}

  all(): Promise<readonly PublishedPipeline[]> {
    return this.db.query<PublishedPipeline>(PUBLISHED, [DEFAULT_WORKSPACE_ID, SHOWN_MAX]);
  }
}
