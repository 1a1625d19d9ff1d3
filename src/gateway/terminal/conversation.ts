import { type JsonObject } from '@app/kernel';
import { type McpEra, type PassedResult, type RpcNotification } from '@app/mcp';
import { type Principal } from '@app/telemetry';
import { type EndpointContent } from '../domain/virtual-endpoint';
import { type CallableRoute } from '../routing/route';

/** Where MCP ends at us, because bytes cannot simply pass. */
export type TerminalFace =
  /** `/servers/{instance}/mcp` where the upstream speaks another era or another transport: nothing is renamed. */
  | { readonly kind: 'server'; readonly route: CallableRoute }
  | { readonly kind: 'endpoint'; readonly name: string; readonly content: EndpointContent }
  /** `/mcp`: every instance that the caller may use. */
  | { readonly kind: 'all' };

/** Who talks to us, and what it said about itself. */
export interface McpClient {
  readonly principal: Principal;
  readonly era: McpEra;
  readonly protocolVersion: string;
  readonly capabilities: JsonObject;
  readonly info: JsonObject;
}

/** One request of a client, while it is answered. */
export interface Exchange {
  /** Aborted when the client went away, cancelled, or waited long enough. */
  readonly signal: AbortSignal;
  readonly traceparent: string;
  /** Puts a notification (progress, log) on the stream of this request. */
  say(message: RpcNotification): void;
  /** Asks the client: sampling, elicitation, roots. The result; rejects when it refuses, cannot, or went away. */
  ask(method: string, params: JsonObject): Promise<JsonObject>;
  /** For the record of the call: where it goes. Said as soon as that is known, before anything is sent. */
  routed(to: Destination): void;
}

export interface Destination {
  readonly instanceId: string;
  readonly serverName: string;
  /** Of the tool or prompt, by its name at the upstream. */
  readonly target?: string;
}

export interface DegradedMember {
  readonly serverName: string;
  readonly reason: string;
  readonly since: Date | null;
  readonly nextAttemptAt: Date | null;
}

/** What `initialize` and `server/discover` are answered from. */
export interface Description {
  readonly capabilities: JsonObject;
  readonly instructions: string | undefined;
  readonly degraded: readonly DegradedMember[];
  /** How long it may be remembered, and whether for this caller only. */
  readonly ttlMs: number;
  readonly cacheScope: 'public' | 'private';
}

/** What a client wants to be told of unasked. */
export interface Interest {
  readonly toolsListChanged: boolean;
  readonly promptsListChanged: boolean;
  readonly resourcesListChanged: boolean;
  readonly resourceUris: readonly string[];
}

export interface Subscription {
  /** What could be granted. */
  readonly granted: Interest;
  /** Settles when no more will come. */
  readonly ended: Promise<void>;
  stop(): void;
}

/** Told once of what comes of a request, unless it is given up. */
export interface PassageListener {
  onResult(result: PassedResult): void;
  /** It has to be read, or is none: as `request` would have told it. */
  onOther(result: Promise<JsonObject>): void;
}

/** A request on the shortest way. */
export interface Passage {
  /** Nobody wants the result any more, and the listener hears nothing. */
  abort(reason: Error): void;
}

/**
 * What stands behind a terminated face, without the protocol's eras: the front turns what a client sends into these calls
 * and their results into what its era expects. Lives as long as a session of the older era, or one request of the newer.
 */
export interface Conversation {
  describe(): Promise<Description>;
  /**
   * Any request but `initialize`, `server/discover`, `ping`, and the requests of subscriptions. `params` are the client's,
   * without the era's own `_meta` members but the log level of the newer one. The result may be `input_required` when an upstream of the newer era asks: the
   * front sees to the answers and repeats the request with `inputResponses` and `requestState` in `params`. A `requestState` that was not given to this
   * caller for this request is refused.
   * Throws `McpRequestRefusedError` with an upstream's own words, or a `DomainError`.
   */
  request(method: string, params: JsonObject, exchange: Exchange): Promise<JsonObject>;
  /**
   * As `request`, for a tool call of the older era whose result can be passed on as its server wrote it. Undefined where that
   * cannot be said at once: nothing was done, and `request` does it.
   */
  pass?(params: JsonObject, exchange: Exchange, listener: PassageListener): Passage | undefined;
  /** `inputSchema` of a tool by its advertised name, from what is cached: headers of the newer era are checked by it. */
  inputSchemaOf(tool: string): Promise<JsonObject | undefined>;
  /** A notification of the client that concerns its upstreams, such as `notifications/roots/list_changed`. */
  notify(method: string, params: JsonObject): void;
  /** Replaces nothing: each subscription stands for itself. */
  subscribe(interest: Interest, say: (message: RpcNotification) => void): Promise<Subscription>;
  /** Log level of the older era, for the session. */
  setLogLevel(level: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens conversations; the aggregated ones and those with a single upstream alike. */
export abstract class Conversations {
  abstract open(face: TerminalFace, client: McpClient): Conversation;
}
