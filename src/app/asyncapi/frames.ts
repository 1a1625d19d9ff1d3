import { type JsonObject } from '@app/kernel';

export interface FrameSchema {
  readonly type: string;
  readonly says: 'server' | 'client';
  readonly summary: string;
  readonly schema: JsonObject;
}

const TEXT = { type: 'string' } as const;
const TIME = { type: 'string', format: 'date-time' } as const;
const NUMBER = { type: 'integer', minimum: 0 } as const;
const TEXT_OR_NONE = { type: ['string', 'null'] } as const;
const TOPICS = { type: 'array', items: TEXT } as const;

function frame(
  says: FrameSchema['says'],
  type: string,
  summary: string,
  properties: Readonly<Record<string, JsonObject>>,
  required: readonly string[] = Object.keys(properties),
): FrameSchema {
  return {
    ...{ type, says, summary },
    schema: {
      type: 'object',
      properties: { type: { const: type }, ...properties },
      required: ['type', ...required],
    },
  };
}

const NUMBERED = { timestamp: TIME, sequence: NUMBER };

/** What is said over `/ws` in its flat shapes. Frames may get more members; those here stay. */
export const FRAMES: readonly FrameSchema[] = [
  frame('client', 'auth', 'Who it is: the first frame, within 5 seconds; later a newer token.', {
    token: TEXT,
  }),
  frame(
    'client',
    'subscribe',
    'What it wants to hear, from which number on.',
    { topics: TOPICS, filter: { type: 'object' }, since: NUMBER },
    [],
  ),
  frame('client', 'unsubscribe', 'What it does not want any more.', { topics: TOPICS }, []),
  frame('client', 'ping', 'Whether somebody is there.', {}),
  frame('server', 'auth_ok', 'The credential is good; what its holder may hear.', {
    sequence: NUMBER,
    topics: TOPICS,
  }),
  frame('server', 'subscribed', 'What is told from now on.', { topics: TOPICS, since: NUMBER }),
  frame('server', 'pong', 'Somebody is there.', {}),
  frame('server', 'gap', 'What cannot be told any more.', { from: NUMBER, to: NUMBER }),
  frame('server', 'degraded', 'The log cannot be read for now; nothing is lost.', {
    reason: TEXT,
    since: TIME,
  }),
  frame('server', 'resumed', 'The log is read again.', { sequence: NUMBER, timestamp: TIME }),
  frame('server', 'task_update', 'A task changed.', {
    ...{ task_id: TEXT, status: TEXT_OR_NONE, progress: { type: ['number', 'null'] } },
    ...NUMBERED,
  }),
  frame('server', 'agent_update', 'An agent changed.', {
    ...{ agent_id: TEXT, status: TEXT_OR_NONE, current_load: { type: ['number', 'null'] } },
    ...NUMBERED,
  }),
  frame('server', 'pipeline_progress', 'A run of a pipeline went on.', {
    pipeline_id: TEXT_OR_NONE,
    current_stage: { type: ['integer', 'null'] },
    completed_stages: { type: ['array', 'null'], items: { type: 'integer' } },
    progress: { type: ['number', 'null'] },
    ...NUMBERED,
  }),
  frame('server', 'pipeline_update', 'A definition or schedule changed.', { pipeline_id: TEXT, ...NUMBERED }),
  frame('server', 'instance_update', 'An instance changed.', {
    ...{ instance_id: TEXT, name: TEXT_OR_NONE, status: TEXT_OR_NONE },
    ...NUMBERED,
  }),
  frame(
    'server',
    'tool_call',
    'A tool was called; the newest 20 a second of a workspace, without a number.',
    {
      ...{ call_id: TEXT, instance_id: TEXT_OR_NONE, server_name: TEXT_OR_NONE, tool_name: TEXT },
      ...{ outcome: TEXT, duration_ms: NUMBER, actor: TEXT, timestamp: TIME },
    },
  ),
  frame('server', 'notification', 'A notification was delivered, or not.', {
    ...{ event: TEXT, resource_type: TEXT, resource_id: TEXT, data: { type: 'object' } },
    ...NUMBERED,
  }),
  frame('server', 'audit', 'Anything else that somebody did.', {
    ...{ action: TEXT, actor: TEXT, resource_type: TEXT, resource_id: TEXT, data: { type: 'object' } },
    ...NUMBERED,
  }),
  frame('server', 'error', 'A task failed; its task_update with the number follows.', {
    ...{ task_id: TEXT, error: TEXT, timestamp: TIME },
    details: {
      type: 'object',
      properties: { code: TEXT, message: TEXT },
      required: ['code', 'message'],
    },
  }),
];
