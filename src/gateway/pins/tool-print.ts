import { createHash } from 'node:crypto';
import { canonicalJson, type JsonObject } from '@app/kernel';

/** What a client or a model is told of a tool: whatever of it changes, it is another tool. */
const MEMBERS = ['name', 'title', 'description', 'inputSchema', 'outputSchema', 'annotations'] as const;

export interface ToolPrint {
  readonly tool: string;
  readonly sha256: string;
  readonly definition: JsonObject;
}

/** Pure. Neither the order of members nor white space makes a difference. What has no name is no tool. */
export function printOf(tool: JsonObject): readonly ToolPrint[] {
  if (typeof tool.name !== 'string') return [];
  const definition = Object.fromEntries(
    MEMBERS.flatMap((member) => {
      const value = tool[member];
      return value === undefined ? [] : [[member, value] as const];
    }),
  );
  const sha256 = createHash('sha256').update(canonicalJson(definition)).digest('hex');
  return [{ tool: tool.name, sha256, definition }];
}
