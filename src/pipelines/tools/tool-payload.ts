import { type JsonObject, type JsonValue } from '@app/kernel';

/** What the task of a tool stage says. */
export interface ToolPayload {
  readonly serverName: string;
  readonly toolName: string;
  readonly args: JsonObject;
}

/** undefined: it is none; only the engine makes such tasks, so it is one of another version of ours. */
export function readToolPayload(payload: JsonObject): ToolPayload | undefined {
  const { server_name: serverName, tool_name: toolName, arguments: args } = payload;
  if (typeof serverName !== 'string' || typeof toolName !== 'string' || !isObject(args)) return undefined;
  return { serverName, toolName, args };
}

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
