import { type InstanceSpec } from '@app/contracts';
import { type Desired, maxSessionsOf } from '../decide/desired';
import { type EnginePost } from '../engine/engines';
import { type InstanceMemory } from './instance-memory';

/** What is said of an instance that answers; a weaker isolation is part of it, so that nobody overlooks it. */
export function healthyWords(
  { spec }: Desired,
  post: EnginePost | undefined,
  memory: InstanceMemory,
): string {
  const [answer] = memory.answers.values();
  const tools = answer === undefined ? 'It answers.' : `It answers and offers ${toolsInWords(answer.tools)}.`;
  const isolation = spec?.type === 'stdio' ? post?.watch.info?.isolation : undefined;
  return [tools, sessionsInWords(spec, memory), isolation].filter((words) => words !== undefined).join(' ');
}

function sessionsInWords(spec: InstanceSpec | undefined, { sessions }: InstanceMemory): string | undefined {
  const most = spec === undefined ? undefined : maxSessionsOf(spec);
  return most === undefined
    ? undefined
    : `Sessions with a process of their own: ${sessions.length} of at most ${most}.`;
}

const toolsInWords = (tools: number): string => (tools === 1 ? '1 tool' : `${tools} tools`);
