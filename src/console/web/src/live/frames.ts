/** Topics of `/ws`; docs/realtime.md says what each tells. */
export type Topic = 'tasks' | 'agents' | 'pipelines' | 'instances' | 'tools' | 'notifications' | 'audit';

/** One thing that happened, as the server tells it. `sequence` only rises on a connection. */
export interface Frame {
  readonly type: string;
  readonly sequence?: number;
  readonly timestamp?: string;
  readonly [member: string]: unknown;
}

const TOPIC_OF_TYPE: Readonly<Record<string, Topic>> = {
  task_update: 'tasks',
  error: 'tasks',
  agent_update: 'agents',
  pipeline_progress: 'pipelines',
  pipeline_update: 'pipelines',
  instance_update: 'instances',
  tool_call: 'tools',
  notification: 'notifications',
  audit: 'audit',
};

export const topicOf = (frame: Frame): Topic | undefined => TOPIC_OF_TYPE[frame.type];
