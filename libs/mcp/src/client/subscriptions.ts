import { type JsonObject } from '@app/kernel';
import { McpRequestRefusedError, McpTimeoutError, McpUnreachableError } from '../errors';
import { isObject, type RpcNotification } from '../wire/json-rpc';
import { type RpcChannel } from './channel';
import { DeadlineError, withDeadline } from './deadline';
import { type Listening } from './listening';
import { type McpInterest, type McpSubscription } from './session';

type Say = (message: RpcNotification) => void;

const ACKNOWLEDGED = 'notifications/subscriptions/acknowledged';

/** What somebody wants to be told of, in the words of either era. */
export class Subscriptions {
  private readonly stops = new Set<() => void>();
  /** Of the older era, where a session subscribes once whoever wants it. */
  private readonly users = new Map<string, number>();

  constructor(
    private readonly channel: RpcChannel,
    private readonly listening: Listening,
    private readonly timeoutMs: number,
  ) {}

  open(interest: McpInterest, say: Say): Promise<McpSubscription> {
    return this.channel.era === 'newer' ? this.openNewer(interest, say) : this.openOlder(interest, say);
  }

  close(): void {
    for (const stop of [...this.stops]) stop();
  }

  private async openNewer(interest: McpInterest, say: Say): Promise<McpSubscription> {
    const { serverName } = this.channel;
    const controller = new AbortController();
    const stop = (): void => {
      this.stops.delete(stop);
      controller.abort(new Error('nobody listens any more'));
    };
    this.stops.add(stop);
    let grant: (granted: McpInterest) => void = () => undefined;
    const granting = new Promise<McpInterest>((resolve) => {
      grant = resolve;
    });
    const listening = this.channel.request(
      'subscriptions/listen',
      { notifications: toWire(interest) },
      {
        signal: controller.signal,
        onNotification: (message) => {
          if (message.method === ACKNOWLEDGED) grant(fromWire(message.params?.notifications));
          else say(message);
        },
      },
    );
    const ended = listening.then(ignore, ignore).finally(stop);
    const refused = listening.then(() => {
      const words = `"${serverName}" ended a subscription before it began.`;
      throw new McpUnreachableError(words, 'mcp', { serverName });
    });
    try {
      const granted = await withDeadline(this.timeoutMs, undefined, () => Promise.race([granting, refused]));
      return { granted, ended, stop };
    } catch (error) {
      stop();
      if (!(error instanceof DeadlineError)) throw error;
      const words = `"${serverName}" did not acknowledge a subscription within ${this.timeoutMs} ms.`;
      throw new McpTimeoutError(words, 'timeout', { serverName });
    }
  }

  private async openOlder(interest: McpInterest, say: Say): Promise<McpSubscription> {
    const uris = await this.subscribe(interest.resourceUris ?? []);
    const granted = { ...this.offered(interest), resourceUris: uris };
    const wanted = new Set(uris);
    const unlisten = this.listening.onNotification((message) => {
      if (isWanted(message, granted, wanted)) say(message);
    });
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const stop = (): void => {
      if (!this.stops.delete(stop)) return;
      unlisten();
      this.unsubscribe(uris);
      end();
    };
    this.stops.add(stop);
    return { granted, ended, stop };
  }

  private offered(interest: McpInterest): McpInterest {
    const { capabilities } = this.channel.handshake;
    const says = (name: string): boolean =>
      isObject(capabilities[name]) && capabilities[name].listChanged === true;
    return {
      toolsListChanged: interest.toolsListChanged === true && says('tools'),
      promptsListChanged: interest.promptsListChanged === true && says('prompts'),
      resourcesListChanged: interest.resourcesListChanged === true && says('resources'),
    };
  }

  /** Those that the server accepts. */
  private async subscribe(uris: readonly string[]): Promise<string[]> {
    const accepted: string[] = [];
    for (const uri of new Set(uris)) {
      const users = this.users.get(uri) ?? 0;
      if (users === 0 && !(await this.tell('resources/subscribe', { uri }))) continue;
      this.users.set(uri, (this.users.get(uri) ?? 0) + 1);
      accepted.push(uri);
    }
    return accepted;
  }

  private unsubscribe(uris: readonly string[]): void {
    for (const uri of uris) {
      const users = (this.users.get(uri) ?? 1) - 1;
      if (users > 0) {
        this.users.set(uri, users);
        continue;
      }
      this.users.delete(uri);
      // A server that cannot be told any more has forgotten it anyway.
      this.tell('resources/unsubscribe', { uri }).catch(() => undefined);
    }
  }

  /** False when the server refuses. */
  private async tell(method: string, params: JsonObject): Promise<boolean> {
    try {
      await withDeadline(this.timeoutMs, undefined, (signal) =>
        this.channel.request(method, params, { signal }),
      );
      return true;
    } catch (error) {
      if (error instanceof McpRequestRefusedError) return false;
      throw error;
    }
  }
}

const ignore = (): void => undefined;

function isWanted(
  { method, params }: RpcNotification,
  granted: McpInterest,
  uris: ReadonlySet<string>,
): boolean {
  switch (method) {
    case 'notifications/tools/list_changed':
      return granted.toolsListChanged === true;
    case 'notifications/prompts/list_changed':
      return granted.promptsListChanged === true;
    case 'notifications/resources/list_changed':
      return granted.resourcesListChanged === true;
    case 'notifications/resources/updated':
      return isPartOf(params?.uri, uris);
    default:
      return false;
  }
}

/** A server may name a part of what was subscribed to. */
function isPartOf(uri: unknown, uris: ReadonlySet<string>): boolean {
  if (typeof uri !== 'string') return false;
  return uris.has(uri) || [...uris].some((whole) => uri.startsWith(whole));
}

const toWire = ({ resourceUris = [], ...lists }: McpInterest): JsonObject => ({
  ...Object.fromEntries(Object.entries(lists).filter(([, wanted]) => wanted)),
  ...(resourceUris.length === 0 ? {} : { resourceSubscriptions: resourceUris }),
});

function fromWire(value: unknown): McpInterest {
  const granted = isObject(value) ? value : {};
  const uris = Array.isArray(granted.resourceSubscriptions) ? granted.resourceSubscriptions : [];
  return {
    toolsListChanged: granted.toolsListChanged === true,
    promptsListChanged: granted.promptsListChanged === true,
    resourcesListChanged: granted.resourcesListChanged === true,
    resourceUris: uris.filter((uri): uri is string => typeof uri === 'string'),
  };
}
