import { type PipelineBody } from './pipeline-body';

/** A pipeline with its newest version. */
export interface PipelineView {
  readonly id: string;
  readonly version: number;
  readonly rowVersion: number;
  readonly body: PipelineBody;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** In lists: a definition may be a megabyte. */
export interface PipelineSummary {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly version: number;
  readonly stageCount: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly lastRun: LastRun | null;
}

/** The newest run, whatever became of it. */
export interface LastRun {
  readonly run_id: string;
  readonly status: string;
  readonly created_at: string;
}

export interface VersionSummary {
  readonly version: number;
  readonly name: string;
  readonly stageCount: number;
  readonly createdBy: string;
  readonly createdAt: Date;
}

export interface VersionView extends VersionSummary {
  readonly body: PipelineBody;
}
