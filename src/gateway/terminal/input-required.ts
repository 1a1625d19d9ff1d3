import { type JsonObject } from '@app/kernel';
import { isObject } from '@app/mcp';

/** One thing that a server of the newer era wants to know before it goes on. */
export interface InputRequest {
  readonly method: string;
  readonly params: JsonObject;
}

export interface InputRequired {
  /** In the order of the server. Bounded by the size of its answer. */
  readonly requests: ReadonlyMap<string, InputRequest>;
  readonly requestState: string | undefined;
}

export const isInputRequired = (result: JsonObject): boolean => result.resultType === 'input_required';
/** A server may only answer so where tasks were declared, and we never declare them. */
export const isTask = (result: JsonObject): boolean => result.resultType === 'task';

/** Entries that are no requests are left out: their server hears that they were not answered. */
export function readInputRequired({ inputRequests, requestState }: JsonObject): InputRequired {
  const requests = new Map<string, InputRequest>();
  for (const [key, entry] of Object.entries(isObject(inputRequests) ? inputRequests : {})) {
    if (!isObject(entry) || typeof entry.method !== 'string') continue;
    requests.set(key, { method: entry.method, params: isObject(entry.params) ? entry.params : {} });
  }
  return { requests, requestState: typeof requestState === 'string' ? requestState : undefined };
}
