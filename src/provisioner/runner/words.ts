import { type Desired } from '../decide/desired';
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
  return isolation === undefined ? tools : `${tools} ${isolation}`;
}

const toolsInWords = (tools: number): string => (tools === 1 ? '1 tool' : `${tools} tools`);
