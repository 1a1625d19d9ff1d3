import { type Attachment, type ContainerEngine } from '@app/container-engine';
import { BridgeServer, type McpEra, type PerSessionChildren, StdioBridge } from '@app/mcp';
import { type Keyring } from '@app/security';
import { BridgeTokens } from './bridge-tokens';

interface Bridged {
  readonly instanceId: string;
  readonly address: string;
  readonly attachment: Attachment;
  readonly perSession: PerSessionChildren | undefined;
  readonly bridge: StdioBridge;
  /** What was heard before the streams broke and were opened again. */
  readonly heardBefore: readonly string[];
  opening: Promise<string> | undefined;
  hasEnded: boolean;
}

export interface BridgeRequest {
  readonly instanceId: string;
  readonly serverName: string;
  readonly replica: number;
  readonly containerId: string;
  /** Known from a former life of the server. */
  readonly era: McpEra | undefined;
  /** Where each session of a client has a process of its own. */
  readonly perSession?: PerSessionChildren | undefined;
  /** The process or its streams ended. */
  readonly onEnd: () => void;
}

/** The handshake of a stdio server, which may first have to load itself. */
const OPEN_WITHIN_MS = 30_000;
/** As many as are kept with the status of a container that ended. */
const LINES_HEARD_BEFORE = 200;

/** Holds the standard streams of servers that speak over them, and gives each an address for the gateway. */
export class Bridges {
  readonly #byContainer = new Map<string, Bridged>();
  #server: BridgeServer | undefined;

  constructor(
    private readonly listen: { readonly host: string; readonly port: number },
    private readonly keyring: Keyring,
  ) {}

  async start(): Promise<void> {
    const tokens = new BridgeTokens(this.keyring);
    const server = new BridgeServer({ ...this.listen, verify: ({ token }) => tokens.isValid(token) });
    await server.start();
    this.#server = server;
  }

  async stop(): Promise<void> {
    this.letGoOfAll();
    await this.#server?.stop();
    this.#server = undefined;
  }

  isAttached(containerId: string): boolean {
    return this.#byContainer.get(containerId)?.hasEnded === false;
  }

  /** Before the start, so that nothing the server says is lost; or again, when this process took over. */
  async attach(engine: ContainerEngine, request: BridgeRequest): Promise<void> {
    // A container that just ended may look alive a moment longer; what it said must outlast that.
    const heardBefore = this.lastWords(request.containerId).slice(-LINES_HEARD_BEFORE);
    this.letGo(request.containerId);
    const attachment = await engine.attach(request.containerId);
    const bridged: Bridged = {
      instanceId: request.instanceId,
      address: request.replica === 0 ? request.instanceId : `${request.instanceId}.${request.replica}`,
      attachment,
      perSession: request.perSession,
      heardBefore,
      bridge: new StdioBridge(attachment, {
        serverName: request.serverName,
        ...(request.era !== undefined && { era: request.era }),
        onEnd: () => {
          bridged.hasEnded = true;
          request.onEnd();
        },
      }),
      opening: undefined,
      hasEnded: false,
    };
    this.#byContainer.set(request.containerId, bridged);
  }

  /** Shakes hands once and answers with the address; asked again, it answers the same. */
  async open(containerId: string): Promise<string> {
    const bridged = this.#byContainer.get(containerId);
    if (bridged === undefined || this.#server === undefined)
      throw new Error('There is no bridge to its standard streams.');
    bridged.opening ??= this.#open(bridged, this.#server);
    try {
      return await bridged.opening;
    } catch (error) {
      bridged.opening = undefined;
      throw error;
    }
  }

  /** What the server wrote to its error output; for such servers the engine keeps nothing. */
  lastWords(containerId: string): readonly string[] {
    const bridged = this.#byContainer.get(containerId);
    return bridged === undefined ? [] : [...bridged.heardBefore, ...bridged.bridge.stderrLines()];
  }

  letGo(containerId: string): void {
    const bridged = this.#byContainer.get(containerId);
    if (bridged === undefined) return;
    this.#byContainer.delete(containerId);
    bridged.hasEnded = true;
    // A newer container of the same place may have taken the address over already.
    if (![...this.#byContainer.values()].some(({ address }) => address === bridged.address))
      this.#server?.detach(bridged.address);
    bridged.bridge.close('The server was stopped.');
    bridged.attachment.close();
  }

  letGoOfAll(): void {
    for (const containerId of [...this.#byContainer.keys()]) this.letGo(containerId);
  }

  async #open(bridged: Bridged, server: BridgeServer): Promise<string> {
    await bridged.bridge.open(OPEN_WITHIN_MS);
    return server.attach(bridged.address, bridged.bridge, bridged.perSession);
  }
}
