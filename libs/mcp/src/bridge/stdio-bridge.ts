import { type JsonObject } from '@app/kernel';
import { type Handshake } from '../client/channel';
import { DeadlineError, withDeadline } from '../client/deadline';
import { readDiscover } from '../client/newer-channel';
import { readInitialize } from '../client/older-handshake';
import { rpcError } from '../client/refusal';
import { type McpEra } from '../client/session';
import { McpTimeoutError, StdioServerEndedError } from '../errors';
import {
  failure,
  isFailure,
  type RpcNotification,
  type RpcRequest,
  type RpcResponse,
} from '../wire/json-rpc';
import { CLIENT_INFO, OLDER_VERSION, RPC } from '../wire/protocol';
import { ChildSubscriptions } from './child-subscriptions';
import { type StdioCall, StdioLink, type StdioStreams } from './stdio-link';
import { type ClientDescription, newerParams } from './translate';

export { type StdioStreams } from './stdio-link';

/** The one client of a process that is not shared: what the process asks or says goes to it. */
export interface BridgeOwner extends ClientDescription {
  /** The answer goes back through `respond`. */
  onRequest(message: RpcRequest): void;
  onNotification(message: RpcNotification): void;
}

export interface StdioBridgeOptions {
  readonly serverName: string;
  /** A verdict known from before (the one after `diedOfQuestion`): the question is not asked. */
  readonly era?: McpEra;
  readonly owner?: BridgeOwner;
  readonly onStderr?: (line: string) => void;
  /** Once, when the process or its streams ended. */
  readonly onEnd?: (reason: string) => void;
}

export interface BridgeVerdict {
  readonly era: McpEra;
  readonly protocolVersion: string;
  readonly serverInfo: JsonObject;
  readonly capabilities: JsonObject;
  readonly instructions: string | undefined;
}

const OPEN_TIMEOUT_MS = 30_000;
/** Some older servers ignore what they do not know. */
const SILENCE_MS = 5_000;
const NOBODY: ClientDescription = { capabilities: {} };

/** Many clients over one stdio server: the handshake is made once, ids are ours, what cannot be attributed is refused. */
export class StdioBridge {
  readonly subscriptions: ChildSubscriptions;
  private readonly link: StdioLink;
  private about: BridgeVerdict | undefined;

  constructor(
    streams: StdioStreams,
    private readonly options: StdioBridgeOptions,
  ) {
    this.subscriptions = new ChildSubscriptions(this);
    this.link = new StdioLink(streams, {
      serverName: options.serverName,
      onStderr: options.onStderr,
      onNotification: (message) => {
        this.hear(message);
      },
      onRequest: (message) => {
        this.asked(message);
      },
      onEnd: (reason) => {
        options.onEnd?.(reason);
      },
    });
  }

  get serverName(): string {
    return this.options.serverName;
  }
  get isOpen(): boolean {
    return this.link.isOpen;
  }
  /** Calls in flight. */
  get pendingCount(): number {
    return this.link.pendingCount;
  }
  get verdict(): BridgeVerdict {
    if (this.about === undefined) throw new Error('the bridge is not open');
    return this.about;
  }

  /** Finds the era and shakes hands. Throws `StdioServerEndedError` (see `diedOfQuestion`), `McpTimeoutError`. */
  async open(timeoutMs = OPEN_TIMEOUT_MS): Promise<BridgeVerdict> {
    try {
      const verdict = await withDeadline(timeoutMs, undefined, () => this.shakeHands());
      this.about = verdict;
      return verdict;
    } catch (error) {
      if (!(error instanceof DeadlineError)) throw error;
      const { serverName } = this;
      const words = `"${serverName}" did not complete the handshake within ${timeoutMs} ms.`;
      throw new McpTimeoutError(words, 'timeout', { serverName, started: false });
    }
  }

  /** Sends a request, whose parameters are in the era of the process. */
  start(method: string, params: JsonObject, onMessage?: (message: RpcNotification) => void): StdioCall {
    return this.link.start(method, params, onMessage);
  }

  send(message: RpcNotification | RpcResponse): void {
    this.link.send(message);
  }

  /** The last lines that the process wrote to stderr, at most 200. */
  stderrLines(): readonly string[] {
    return this.link.stderrLines();
  }

  /** Fails what waits and lets go of the streams; the process itself is its owner's. */
  close(reason = 'it is being stopped'): void {
    this.link.close(reason);
  }

  private async shakeHands(): Promise<BridgeVerdict> {
    if (this.options.era === 'older') return this.initialize();
    const discover = this.discover();
    const silence = this.options.era === 'newer' ? [] : [pause(SILENCE_MS)];
    const early = await Promise.race([discover, ...silence]);
    if (early !== 'silent') return early ?? this.initialize();
    // It may be slow rather than old: whichever of the two questions is answered first decides.
    const older = this.initialize();
    return Promise.race([older, discover.then((newer) => newer ?? older)]);
  }

  /** undefined when the process does not know the question. */
  private async discover(): Promise<BridgeVerdict | undefined> {
    const { owner = NOBODY, serverName } = this.options;
    let response: RpcResponse;
    try {
      response = await this.link.start('server/discover', newerParams({}, owner)).answer;
    } catch (error) {
      if (error instanceof StdioServerEndedError) throw this.link.ended(true);
      throw error;
    }
    if (isFailure(response)) return undefined;
    return verdictOf('newer', readDiscover(response.result, serverName));
  }

  private async initialize(): Promise<BridgeVerdict> {
    const { owner = NOBODY, serverName } = this.options;
    const { capabilities, clientInfo = CLIENT_INFO } = owner;
    const params = { protocolVersion: OLDER_VERSION, capabilities, clientInfo };
    const response = await this.link.start('initialize', params).answer;
    if (isFailure(response)) throw rpcError(response, { serverName });
    const handshake = readInitialize(response.result, serverName);
    this.link.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    return verdictOf('older', handshake);
  }

  private hear(message: RpcNotification): void {
    if (this.subscriptions.take(message)) return;
    // What a shared process says beside a call (its log, mostly) cannot be attributed: one client's must not reach others.
    this.options.owner?.onNotification(message);
  }

  private asked(message: RpcRequest): void {
    const { id, method } = message;
    if (method === 'ping') this.link.send({ jsonrpc: '2.0', id, result: {} });
    else if (this.options.owner !== undefined) this.options.owner.onRequest(message);
    else this.link.send(failure(id, RPC.methodNotFound, `${method} is not offered in a shared process`));
  }
}

const verdictOf = (era: McpEra, handshake: Handshake): BridgeVerdict => ({
  era,
  protocolVersion: handshake.protocolVersion,
  serverInfo: { ...handshake.serverInfo },
  capabilities: handshake.capabilities,
  instructions: handshake.instructions,
});

const pause = (ms: number): Promise<'silent'> =>
  new Promise((resolve) => {
    setTimeout(() => {
      resolve('silent');
    }, ms).unref();
  });
