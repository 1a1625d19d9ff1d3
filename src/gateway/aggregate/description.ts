import { type JsonObject } from '@app/kernel';
import { isObject } from '@app/mcp';
import { type DegradedMember } from '../terminal/conversation';
import { type ServerSelf } from '../upstream/upstream';

const MEMBER_WORDS_MAX = 4_000;
const INSTRUCTIONS_MAX = 32_000;

export interface Introduced {
  readonly serverName: string;
  readonly self: ServerSelf;
}

/** What can be honoured: what any member offers; and while some are silent, what they may turn out to offer. */
export function capabilitiesOf(members: readonly Introduced[], isComplete: boolean): JsonObject {
  const has = (name: string): boolean => members.some(({ self }) => isObject(self.capabilities[name]));
  const mayHave = (name: string): boolean => has(name) || !isComplete;
  const subscribe = members.some(({ self: { capabilities } }) => {
    const { resources } = capabilities;
    return isObject(resources) && resources.subscribe === true;
  });
  return {
    // Members come and go, so lists change whether or not those of the members do.
    tools: { listChanged: true },
    ...(mayHave('prompts') ? { prompts: { listChanged: true } } : {}),
    ...(mayHave('resources')
      ? { resources: { listChanged: true, ...(subscribe || !isComplete ? { subscribe: true } : {}) } }
      : {}),
    ...(has('completions') ? { completions: {} } : {}),
    ...(has('logging') ? { logging: {} } : {}),
  };
}

export interface Spoken {
  readonly description: string;
  readonly isPrefixed: boolean;
  readonly members: readonly Introduced[];
  readonly degraded: readonly DegradedMember[];
}

/** One text for all members, a line for each, and a sentence for those that are missing. */
export function instructionsOf({ description, isPrefixed, members, degraded }: Spoken): string | undefined {
  const missing = [...new Set(degraded.map(({ serverName }) => serverName))];
  const parts = [
    description,
    isPrefixed && members.length > 0
      ? 'Each name begins with the name of its server and two underscores.'
      : '',
    ...members.map((member) => lineOf(member)),
    missing.length > 0
      ? `Degraded: ${missing.join(', ')} cannot be used completely now; what is missing comes back by itself.`
      : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? undefined : parts.join('\n\n').slice(0, INSTRUCTIONS_MAX);
}

function lineOf({ serverName, self: { serverInfo, instructions = '' } }: Introduced): string {
  const title = serverInfo.title ?? serverInfo.name;
  const line = [`- ${serverName}`, title, serverInfo.version].filter((part) => part !== '').join(' ');
  const words = instructions.trim().slice(0, MEMBER_WORDS_MAX);
  return words === '' ? line : `${line}\n${words}`;
}
