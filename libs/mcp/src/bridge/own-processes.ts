import { type JsonObject, type JsonValue } from '@app/kernel';
import { SessionLimitReachedError } from '../errors';
import { failure, isObject, type RpcNotification, type RpcRequest } from '../wire/json-rpc';
import { RPC } from '../wire/protocol';
import { BridgeSession } from './bridge-session';
import { negotiated } from './older-face';
import { type BridgeOwner, StdioBridge, type StdioStreams } from './stdio-bridge';

export interface OwnProcess extends StdioStreams {
  /** Ends it; called exactly once. Resolved when it is gone. */
  stop(): Promise<void>;
}

/** A process of its own for each client session, made when the session begins. */
export interface PerSessionChildren {
  /** At once; those that begin or end are counted, because they take memory like the others. */
  readonly limit: number;
  start(): Promise<OwnProcess>;
}

export interface Sessions {
  /** Ends a session that nobody used for a while; false when there is none. */
  yieldOne(): boolean;
  ended(session: BridgeSession): void;
}

/** A newcomer waits this long for a process that is ending already. */
const PLACE_WITHIN_MS = 15_000;

/** The processes of single sessions: never more than the limit, each ended exactly once. */
export class OwnProcesses {
  private taken = 0;
  private ending = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly serverName: string,
    private readonly children: PerSessionChildren,
    private readonly sessions: Sessions,
  ) {}

  async begin(params: JsonObject): Promise<BridgeSession> {
    await this.takePlace();
    try {
      return await this.open(params, await this.children.start());
    } catch (error) {
      this.leavePlace();
      throw error;
    }
  }

  /** As many may wait as processes are ending: for anybody else waiting would be vain. */
  private async takePlace(): Promise<void> {
    const { limit } = this.children;
    if (this.taken < limit) {
      this.taken += 1;
      return;
    }
    const isVain = this.waiting.length >= this.ending && !this.sessions.yieldOne();
    if (isVain || !(await this.placeComes())) throw new SessionLimitReachedError(this.serverName, limit);
  }

  private placeComes(): Promise<boolean> {
    return new Promise((resolve) => {
      const take = (): void => {
        clearTimeout(timer);
        resolve(true);
      };
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(take), 1);
        resolve(false);
      }, PLACE_WITHIN_MS).unref();
      this.waiting.push(take);
    });
  }

  /** A place goes from hand to hand, so that nobody who comes just now overtakes those who wait. */
  private leavePlace(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.taken -= 1;
    else next();
  }

  private async open(params: JsonObject, child: OwnProcess): Promise<BridgeSession> {
    const owner = new OwnClient(params);
    const bridge = new StdioBridge(child, {
      serverName: this.serverName,
      era: 'older',
      owner,
      onEnd: () => {
        // After the calls that were open have been answered with what happened.
        setImmediate(() => {
          if (owner.session !== undefined) this.sessions.ended(owner.session);
        });
      },
    });
    try {
      const verdict = await bridge.open();
      const stop = once(() => {
        bridge.close('its session ended');
        void this.end(child).then(() => {
          this.leavePlace();
        });
      });
      owner.session = new BridgeSession(negotiated(verdict, params.protocolVersion), params, bridge, stop);
      return owner.session;
    } catch (error) {
      bridge.close('it did not begin');
      await this.end(child);
      throw error;
    }
  }

  private async end(child: OwnProcess): Promise<void> {
    this.ending += 1;
    try {
      await child.stop();
    } catch {
      // Its owner looks for processes that did not end, and ends them.
    } finally {
      this.ending -= 1;
    }
  }
}

/** Carries what a process asks and says to the one client it was started for. */
class OwnClient implements BridgeOwner {
  readonly capabilities: JsonObject;
  readonly clientInfo: JsonValue;
  /** Known once the handshake is over; before it a server has nothing to ask. */
  session: BridgeSession | undefined;

  constructor({ capabilities, clientInfo }: JsonObject) {
    this.capabilities = isObject(capabilities) ? capabilities : {};
    this.clientInfo = clientInfo ?? {};
  }

  onNotification(message: RpcNotification): void {
    this.session?.say(message);
  }

  onRequest({ id, method, params }: RpcRequest): void {
    const { session } = this;
    session?.ask(method, params).then(
      (response) => {
        session.bridge.send({ ...response, id });
      },
      () => {
        session.bridge.send(failure(id, RPC.methodNotFound, `The client does not answer ${method}`));
      },
    );
  }
}

function once(action: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    action();
  };
}
