import { type JsonObject } from '@app/kernel';
import { type McpEra } from '../client/session';
import { type RpcNotification } from '../wire/json-rpc';
import { META } from '../wire/protocol';
import { type StdioCall } from './stdio-link';
import { newerParams } from './translate';

/** The process, as far as this file needs it. */
export interface Child {
  readonly isOpen: boolean;
  readonly verdict: { readonly era: McpEra };
  start(method: string, params: JsonObject): StdioCall;
}

/** What one client wants to hear of. */
export interface Listener {
  readonly lists: ReadonlySet<string>;
  readonly uris: Set<string>;
  /** The notification as the server meant it, without what ties it to a subscription of ours. */
  hear(message: RpcNotification): void;
}

export const LIST_CHANGES: readonly string[] = [
  'notifications/tools/list_changed',
  'notifications/prompts/list_changed',
  'notifications/resources/list_changed',
];
const UPDATED = 'notifications/resources/updated';
const MAX_URIS = 1_000;

/** Counts who wants to hear of what, and keeps the process told: once per thing, however many clients there are. */
export class ChildSubscriptions {
  private readonly listeners = new Set<Listener>();
  private readonly uris = new Map<string, number>();
  private listening: StdioCall | undefined;

  constructor(private readonly child: Child) {}

  add(listener: Listener): void {
    this.listeners.add(listener);
    for (const uri of listener.uris) this.count(uri, 1);
    this.refresh();
  }

  remove(listener: Listener): void {
    if (!this.listeners.delete(listener)) return;
    for (const uri of listener.uris) this.count(uri, -1);
    listener.uris.clear();
    this.refresh();
  }

  subscribe(listener: Listener, uri: string): void {
    if (listener.uris.has(uri) || this.uris.size >= MAX_URIS) return;
    listener.uris.add(uri);
    this.count(uri, 1);
    this.refresh();
  }

  unsubscribe(listener: Listener, uri: string): void {
    if (!listener.uris.delete(uri)) return;
    this.count(uri, -1);
    this.refresh();
  }

  /** True when the message was one of these, whoever heard it. */
  take(message: RpcNotification): boolean {
    if (message.method === 'notifications/subscriptions/acknowledged') return true;
    const isUpdate = message.method === UPDATED;
    if (!isUpdate && !LIST_CHANGES.includes(message.method)) return false;
    const heard = withoutSubscription(message);
    const uri = message.params?.uri;
    for (const listener of this.listeners) {
      const wants = isUpdate
        ? typeof uri === 'string' && listener.uris.has(uri)
        : listener.lists.has(message.method);
      if (wants) listener.hear(heard);
    }
    return true;
  }

  private count(uri: string, by: 1 | -1): void {
    const before = this.uris.get(uri) ?? 0;
    const after = before + by;
    if (after <= 0) this.uris.delete(uri);
    else this.uris.set(uri, after);
    if (!this.child.isOpen || this.child.verdict.era === 'newer') return;
    if (before === 0 && after === 1) this.tell('resources/subscribe', uri);
    if (before === 1 && after === 0) this.tell('resources/unsubscribe', uri);
  }

  private tell(method: string, uri: string): void {
    this.attempt(method, { uri });
  }

  /** Neither its answer nor its failure changes anything for us: clients then hear nothing, as from a silent server. */
  private attempt(method: string, params: JsonObject): StdioCall | undefined {
    try {
      const call = this.child.start(method, params);
      call.answer.catch(() => undefined);
      return call;
    } catch {
      // Full or ended: the next change tries again.
      return undefined;
    }
  }

  /** A newer server takes one request that names everything; it is replaced when that changes. */
  private refresh(): void {
    if (!this.child.isOpen || this.child.verdict.era === 'older') return;
    const before = this.listening;
    this.listening = this.listeners.size === 0 ? undefined : this.listen();
    before?.cancel('replaced');
  }

  private listen(): StdioCall | undefined {
    const notifications = {
      toolsListChanged: true,
      promptsListChanged: true,
      resourcesListChanged: true,
      resourceSubscriptions: [...this.uris.keys()],
    };
    return this.attempt('subscriptions/listen', newerParams({ notifications }, { capabilities: {} }));
  }
}

function withoutSubscription(message: RpcNotification): RpcNotification {
  const { _meta, ...params } = message.params ?? {};
  if (typeof _meta !== 'object' || _meta === null) return message;
  const { [META.subscriptionId]: _id, ...meta } = _meta as JsonObject;
  return { ...message, params: Object.keys(meta).length === 0 ? params : { ...params, _meta: meta } };
}
