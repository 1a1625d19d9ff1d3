import { type Json, type JsonMap } from './json';
import { type TaskContext } from './task-context';

/** Does a task; what it answers is the result. */
export type TaskHandler = (task: TaskContext) => Promise<Json | undefined> | Json | undefined;

export interface PushOptions {
  /** Where the control plane reaches this agent: `http://agent:8080/task`. */
  readonly url: string;
  readonly port: number;
  readonly host?: string;
  /** Told when the agent was registered first; kept by whoever starts it again. */
  readonly signingSecret?: string;
}

export interface AgentOptions {
  /** Of the control plane: `http://localhost:8080`. */
  readonly url: string;
  /** An API key that may register agents, or the agent's own token. */
  readonly key: string;
  readonly name: string;
  /** One for all types of tasks, or one for each; `*` is for all others. */
  readonly tasks: TaskHandler | Readonly<Record<string, TaskHandler>>;
  readonly type?: 'worker' | 'orchestrator' | 'validator';
  readonly description?: string;
  readonly capabilities?: readonly string[];
  readonly resources?: JsonMap;
  /** How many tasks it does at once. Default: 4. */
  readonly concurrency?: number;
  /** Given: tasks are sent to it. Absent: it asks for them. */
  readonly push?: PushOptions;
  /** How long what runs may take to end when the agent stops. Default: 20. */
  readonly graceS?: number;
  /** Its own token, told once, when the agent is new: started with it again, it needs no other key. */
  readonly onToken?: (token: string) => void;
  readonly log?: (line: string) => void;
}

/** Thrown by a handler: the task failed, with a code of its own, and may be worth another try or not. */
export class TaskFailure extends Error {
  override readonly name = 'TaskFailure';
  constructor(
    readonly code: string,
    message: string,
    readonly isRetryable = true,
  ) {
    super(message);
  }
}
