import { isObject, RPC, type RpcNotification } from '@app/mcp';
import { type Conversation, type Interest, type Subscription } from '../conversation';
import { RpcFault, TooManyCallsError } from '../terminal.errors';

const URIS_MAX = 1_000;
const NOTHING: Interest = {
  toolsListChanged: false,
  promptsListChanged: false,
  resourcesListChanged: false,
  resourceUris: [],
};

/** What a session wants to hear unasked: changed lists, and the resources that it subscribed to. */
export class SessionSubscriptions {
  private readonly byUri = new Map<string, Promise<Subscription>>();
  private lists: Promise<Subscription> | undefined;

  constructor(
    private readonly conversation: Conversation,
    private readonly say: (message: RpcNotification) => void,
  ) {}

  /** From the first stream on: before it nobody would hear. A failure is no news either; the next stream tries again. */
  hearOfLists(): void {
    if (this.lists !== undefined) return;
    const all = { ...NOTHING, toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true };
    const forget = (): void => {
      this.lists = undefined;
    };
    this.lists = this.conversation.subscribe(all, this.say);
    this.lists.then(({ ended }) => ended).then(forget, forget);
  }

  async subscribe(uri: string): Promise<void> {
    const known = this.byUri.get(uri);
    if (known === undefined && this.byUri.size >= URIS_MAX)
      throw new TooManyCallsError('Subscriptions of a session', URIS_MAX);
    const subscription = known ?? this.conversation.subscribe({ ...NOTHING, resourceUris: [uri] }, this.say);
    this.byUri.set(uri, subscription);
    try {
      const open = await subscription;
      if (!open.granted.resourceUris.includes(uri)) {
        open.stop();
        throw notThere(uri);
      }
      const forget = (): void => {
        if (this.byUri.get(uri) === subscription) this.byUri.delete(uri);
      };
      open.ended.then(forget, forget);
    } catch (error) {
      this.byUri.delete(uri);
      throw error;
    }
  }

  async unsubscribe(uri: string): Promise<void> {
    const subscription = this.byUri.get(uri);
    this.byUri.delete(uri);
    (await subscription)?.stop();
  }

  stop(): void {
    for (const subscription of [...this.byUri.values(), this.lists]) stopWhenOpen(subscription);
    this.byUri.clear();
    this.lists = undefined;
  }
}

/** Better than a promise that nobody keeps. */
const notThere = (uri: string): RpcFault =>
  new RpcFault({
    code: RPC.resourceNotFound,
    message: 'There is no such resource, or its server cannot tell of changes',
    data: { uri },
  });

/** One that never opened has nothing to stop, and whoever asked for it was told. */
const stopWhenOpen = (subscription: Promise<Subscription> | undefined): void => {
  subscription?.then(
    (open) => {
      open.stop();
    },
    () => undefined,
  );
};

export const uriOf = (params: unknown): string | undefined =>
  isObject(params) && typeof params.uri === 'string' ? params.uri : undefined;
