import { Logger } from '@nestjs/common';
import { isObject, type RpcId, type RpcNotification } from '@app/mcp';
import { type Conversation, type McpClient } from '../conversation';
import { passesLevel } from '../log-level';
import { type ReplayBudget } from './event-log';
import { type OlderCall } from './older-call';
import { Questions } from './questions';
import { type SessionParams } from './session-params';
import { SessionStreams } from './session-streams';
import { SessionSubscriptions } from './session-subscriptions';

/** Requests that one client may have open. */
export const CALLS_PER_SESSION_MAX = 200;

export interface SessionIdentity {
  /** As the client knows it. */
  readonly id: string;
  readonly principalId: string;
  readonly route: string;
}

/** Its caller is the same for ever, and what that one may do is not. */
export interface OlderClient extends McpClient {
  principal: McpClient['principal'];
}

/** One client of the older era: what it said when it began, what it has open, and what was asked of it. */
export class OlderSession {
  readonly calls = new Map<RpcId, OlderCall>();
  readonly questions: Questions;
  readonly streams: SessionStreams;
  readonly subscriptions: SessionSubscriptions;
  lastUsedMs = performance.now();
  private logLevel: string | undefined;
  private readonly logger = new Logger(OlderSession.name);

  constructor(
    readonly identity: SessionIdentity,
    readonly client: OlderClient,
    readonly params: SessionParams,
    readonly conversation: Conversation,
    budget: ReplayBudget,
  ) {
    this.questions = new Questions(params.capabilities);
    this.streams = new SessionStreams(budget);
    this.subscriptions = new SessionSubscriptions(conversation, (message) => {
      this.streams.sayUnasked(JSON.stringify(message));
    });
  }

  get isIdle(): boolean {
    return this.calls.size === 0 && !this.streams.isListenedTo;
  }

  /** Servers may be shared with clients that want to hear more. */
  hears(message: RpcNotification): boolean {
    return this.logLevel === undefined || passesLevel(message, this.logLevel);
  }

  async setLogLevel(level: string): Promise<void> {
    await this.conversation.setLogLevel(level);
    this.logLevel = level;
  }

  callEnded(call: OlderCall): void {
    this.lastUsedMs = performance.now();
    this.calls.delete(call.id);
    this.streams.ended(call);
  }

  notified({ method, params }: RpcNotification): void {
    if (method === 'notifications/cancelled') {
      const id = params?.requestId;
      if (typeof id === 'string' || typeof id === 'number')
        this.calls.get(id)?.cancel('The client cancelled');
    } else if (method !== 'notifications/initialized') {
      this.conversation.notify(method, isObject(params) ? params : {});
    }
  }

  end(): void {
    for (const call of [...this.calls.values()]) call.cancel('The session ended');
    this.questions.giveUp();
    this.subscriptions.stop();
    this.streams.close();
    this.conversation.close().catch((error: unknown) => {
      this.logger.warn(`a conversation did not close: ${String(error)}`);
    });
  }
}
