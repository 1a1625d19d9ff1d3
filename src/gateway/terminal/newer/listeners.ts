import { type JsonObject, type JsonValue } from '@app/kernel';
import { isObject, META, metaOf, notification, type RpcNotification, type RpcRequest } from '@app/mcp';
import { type CallTrace } from '../call-trace';
import { type Conversation, type Interest, type Subscription } from '../conversation';
import { SERVER_INFO } from '../description';
import { resultText } from '../replies';
import { TooManyCallsError } from '../terminal.errors';
import { type NewerAnswer } from './newer-answer';

const LISTENERS_MAX = 10_000;
/** Resources that one stream may name. */
const URIS_MAX = 100;

export interface Listening {
  readonly message: RpcRequest;
  readonly answer: NewerAnswer;
  readonly trace: CallTrace;
  readonly conversation: Conversation;
}

/** `subscriptions/listen`: streams that last until their client closes them, or we end them with a word. */
export class Listeners {
  /** How to end each stream that is open. */
  private readonly open = new Set<() => void>();

  get size(): number {
    return this.open.size;
  }

  async listen({ message, answer, trace, conversation }: Listening): Promise<void> {
    if (this.open.size >= LISTENERS_MAX) throw new TooManyCallsError('All clients together', LISTENERS_MAX);
    const stamp = { [META.subscriptionId]: message.id };
    const early: RpcNotification[] = [];
    let isAcknowledged = false;
    const say = (said: RpcNotification): void => {
      // What is granted is said first, whatever an upstream is quick to say.
      if (isAcknowledged) answer.say(stamped(said, stamp));
      else early.push(said);
    };
    const subscription = await conversation.subscribe(interestOf(message.params), say);
    trace.answered({});
    answer.say(acknowledgement(subscription.granted, stamp));
    isAcknowledged = true;
    for (const said of early) answer.say(stamped(said, stamp));
    this.follow(subscription, { message, answer, trace, conversation });
  }

  close(): void {
    for (const end of [...this.open]) end();
  }

  private follow(subscription: Subscription, { message, answer, conversation }: Listening): void {
    const stop = (): void => {
      if (!this.open.delete(end)) return;
      subscription.stop();
      conversation.close().catch(() => undefined); // What did not close is logged where it is kept.
    };
    const end = (): void => {
      const _meta = { [META.subscriptionId]: message.id, [META.serverInfo]: SERVER_INFO };
      answer.finish(resultText(message.id, { resultType: 'complete', _meta }));
      stop();
    };
    this.open.add(end);
    answer.onGone(stop);
    void subscription.ended.then(end, end);
  }
}

function interestOf(params: JsonObject | undefined): Interest {
  const wanted = isObject(params?.notifications) ? params.notifications : {};
  return {
    toolsListChanged: wanted.toolsListChanged === true,
    promptsListChanged: wanted.promptsListChanged === true,
    resourcesListChanged: wanted.resourcesListChanged === true,
    resourceUris: textsOf(wanted.resourceSubscriptions).slice(0, URIS_MAX),
  };
}

const textsOf = (value: JsonValue | undefined): string[] =>
  Array.isArray(value) ? (value as readonly JsonValue[]).filter((part) => typeof part === 'string') : [];

function acknowledgement(granted: Interest, _meta: JsonObject): RpcNotification {
  const { toolsListChanged, promptsListChanged, resourcesListChanged, resourceUris } = granted;
  const notifications = {
    ...(toolsListChanged ? { toolsListChanged } : {}),
    ...(promptsListChanged ? { promptsListChanged } : {}),
    ...(resourcesListChanged ? { resourcesListChanged } : {}),
    ...(resourceUris.length === 0 ? {} : { resourceSubscriptions: resourceUris }),
  };
  return notification('notifications/subscriptions/acknowledged', { notifications, _meta });
}

const stamped = (message: RpcNotification, stamp: JsonObject): RpcNotification => ({
  ...message,
  params: { ...message.params, _meta: { ...metaOf(message.params), ...stamp } },
});
