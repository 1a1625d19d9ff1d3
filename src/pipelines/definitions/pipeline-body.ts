import { type JsonObject, type JsonValue } from '@app/kernel';
import { type Dependency, type OnFailure, type StagePriority } from './definition';

/** How a definition is written: what people send, and what is stored. */
export interface PipelineBody {
  readonly name: string;
  readonly description?: string;
  /** Whether the card of this installation names it to everybody. */
  readonly is_public?: boolean;
  /** JSON Schemas of what runs are given: forms are made of them, and runs are held against them. */
  readonly input_schema?: JsonObject;
  readonly parameter_schema?: JsonObject;
  readonly stages: readonly StageBody[];
  /** Absent: one after the other, in the order given. */
  readonly dependencies?: readonly Dependency[];
}

export interface StageBody {
  readonly name: string;
  readonly type?: string;
  readonly required?: boolean;
  readonly timeout?: number;
  readonly retry?: RetryBody;
  readonly when?: string;
  readonly input?: JsonValue;
  readonly on_failure?: OnFailure;
  readonly task?: TaskBody;
  readonly tool?: ToolBody;
  readonly approval?: ApprovalBody;
  readonly pipeline?: SubPipelineBody;
  readonly compensation?: CompensationBody;
}

export interface RetryBody {
  readonly count: number;
  readonly delay?: number;
}

export interface TaskBody {
  readonly capabilities?: readonly string[];
  readonly priority?: StagePriority;
  readonly agent_id?: string;
  readonly queue_timeout?: number;
  readonly concurrency_key?: string;
}

export interface ToolBody {
  readonly server_name: string;
  readonly tool_name: string;
  readonly arguments?: JsonObject;
}

export interface ApprovalBody {
  readonly message?: string;
  readonly approvers?: readonly string[];
}

export interface SubPipelineBody {
  readonly pipeline: string;
  readonly version?: number;
  readonly input?: JsonValue;
  readonly parameters?: JsonObject;
  /** Written by us when the pipeline is saved: names may change hands later. */
  readonly pipeline_id?: string;
}

export interface CompensationBody {
  readonly type?: string;
  readonly timeout?: number;
  readonly input?: JsonValue;
  readonly task?: TaskBody;
  readonly tool?: ToolBody;
}
