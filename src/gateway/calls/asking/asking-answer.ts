import { type JsonObject } from '@app/kernel';
import { type McpToolResult } from '@app/mcp';

/** The server wants to know something before it goes on. */
export interface InputRequired {
  /** By key: `method` and `params` as the server put them. */
  readonly requests: JsonObject;
  readonly requestState: string;
  readonly expiresInMs: number;
}

export type AskingAnswer = { readonly result: McpToolResult } | { readonly inputRequired: InputRequired };

/** Where a call goes on: one that is held open here, or a state of the server's own. */
export type InputState = {
  readonly round: number;
  readonly expiresAtMs: number;
} & (
  | { readonly kind: 'held'; readonly call: string; readonly turn: number }
  /** Sealed once more by whoever talks to the server; absent where it gave none. */
  | { readonly kind: 'server'; readonly state?: string }
);
