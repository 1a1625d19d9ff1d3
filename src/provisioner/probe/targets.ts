import { type DockerSpec, type InstanceSpec, type UrlSpec } from '@app/contracts';
import { McpUnreachableError, type McpFetch, OAuthTokenSource, SHARED_SESSION } from '@app/mcp';
import {
  bridgeToken,
  type EgressPolicy,
  guardedFetch,
  guardedSocket,
  type GuardedSocket,
  type Keyring,
  trustedFetch,
} from '@app/security';
import { type Bridges } from '../bridge/bridges';
import { type Desired, needsBridge } from '../decide/desired';
import { type ObservedContainer } from '../decide/observed';
import { type EnginePost } from '../engine/engines';
import { type ProvisionerTiming } from '../provisioner.options';
import { type InstanceMemory } from '../runner/instance-memory';
import { type InstanceSecrets } from '../steps/instance-secrets';
import { type ProbeTarget } from './prober';

/** The port of an image that says nothing about its port. */
const DEFAULT_PORT = 8080;
/** Remote servers are farther away than containers. */
const REMOTE_TIMEOUT_FACTOR = 2;

const ADDRESS_LASTS_MS = 2_000;

/** A replica of one instance, as far as asking it goes. */
export interface Asked {
  readonly desired: Desired;
  readonly spec: InstanceSpec;
  readonly memory: InstanceMemory;
  readonly post: EnginePost | undefined;
  /** undefined for a remote server. */
  readonly container: ObservedContainer | undefined;
}

/** Finds out where a server is and with which credentials it is asked. */
export class Targets {
  readonly #trusted: McpFetch;
  readonly #guarded: McpFetch;
  readonly #sockets: GuardedSocket;
  readonly #tokens: OAuthTokenSource;

  constructor(
    egress: EgressPolicy,
    private readonly keyring: Keyring,
    private readonly bridges: Bridges,
    private readonly secrets: InstanceSecrets,
    private readonly timing: ProvisionerTiming,
  ) {
    this.#trusted = trustedFetch();
    this.#guarded = guardedFetch(egress, { maxRedirects: 0 });
    this.#sockets = guardedSocket(egress);
    this.#tokens = new OAuthTokenSource({ fetch: this.#guarded });
  }

  async of(asked: Asked): Promise<ProbeTarget> {
    const { spec, container } = asked;
    if (spec.type === 'url') return this.#remote(asked, spec);
    if (container === undefined) throw new Error('Only a container can be asked.');
    if (spec.type === 'stdio' || needsBridge(spec)) return this.#bridged(asked, container);
    return this.#contained(asked, spec, container);
  }

  async #contained(asked: Asked, spec: DockerSpec, container: ObservedContainer): Promise<ProbeTarget> {
    const transport = spec.transport === 'sse' ? 'sse' : 'streamable-http';
    const addresses = await this.#addressesOf(asked, container);
    if (addresses.length === 0)
      throw new McpUnreachableError('The container has no address yet.', 'tcp', {
        serverName: asked.desired.name,
      });
    const port = portOf(spec, asked.memory);
    const path = spec.mcp_path ?? (transport === 'sse' ? '/sse' : '/mcp');
    const at = (urlPath: string): string[] =>
      addresses.map((address) => new URL(urlPath, `http://${inUrl(address)}:${port}`).href);
    const healthPath = spec.health_check?.path;
    return {
      ...this.#common(asked, container.id),
      urls: at(path),
      transport,
      healthUrl: healthPath === undefined ? undefined : at(healthPath)[0],
      headers: {},
      auth: undefined,
      fetch: this.#trusted,
    };
  }

  /** While it boots it is asked many times a second; where it is does not change as fast. */
  async #addressesOf({ memory, post }: Asked, { id }: ObservedContainer): Promise<readonly string[]> {
    const nowMs = performance.now();
    const known = memory.addresses.get(id);
    if (known !== undefined && nowMs - known.atMs < ADDRESS_LASTS_MS) return known.found;
    const found = (await post?.engine.inspect(id))?.addresses ?? [];
    if (found.length > 0) memory.addresses.set(id, { found, atMs: nowMs });
    return found;
  }

  async #bridged(asked: Asked, container: ObservedContainer): Promise<ProbeTarget> {
    const url = await this.bridges.open(container.id);
    return {
      ...this.#common(asked, container.id),
      urls: [url],
      transport: 'streamable-http',
      healthUrl: undefined,
      // It asks whether the server serves; a process of its own would prove less and cost more.
      headers: { authorization: `Bearer ${bridgeToken(this.keyring)}`, ...SHARED_SESSION },
      auth: undefined,
      fetch: this.#trusted,
    };
  }

  async #remote(asked: Asked, spec: UrlSpec): Promise<ProbeTarget> {
    const credentials = await this.secrets.credentialsOf(asked.desired.instanceId, spec, asked.memory);
    const healthPath = spec.health_check?.path;
    const common = this.#common(asked, asked.desired.instanceId);
    return {
      ...common,
      timeoutMs: common.timeoutMs * (spec.health_check?.timeout === undefined ? REMOTE_TIMEOUT_FACTOR : 1),
      urls: [spec.endpoint],
      transport: spec.transport,
      healthUrl: healthPath === undefined ? undefined : new URL(healthPath, httpOf(spec.endpoint)).href,
      headers: credentials.headers,
      auth:
        credentials.client === undefined
          ? undefined
          : this.#tokens.authFor({
              ...credentials.client,
              resource: spec.endpoint,
              serverName: asked.desired.name,
            }),
      fetch: this.#guarded,
      openSocket: this.#sockets,
    };
  }

  #common(
    { desired, spec, memory, container }: Asked,
    key: string,
  ): Pick<ProbeTarget, 'key' | 'instanceId' | 'serverName' | 'timeoutMs' | 'prefer'> {
    const seconds = spec.health_check?.timeout;
    return {
      key,
      instanceId: desired.instanceId,
      serverName: desired.name,
      timeoutMs: seconds === undefined ? this.timing.probeTimeoutMs : seconds * 1_000,
      prefer: memory.answers.get(container?.replica ?? 0)?.era,
    };
  }
}

/** What the spec says, else what the image says of itself. */
export const portOf = (spec: DockerSpec, { image }: InstanceMemory): number =>
  spec.port ?? image?.exposedPorts[0] ?? DEFAULT_PORT;

/** A health path is asked over HTTP, also of a server that speaks over a WebSocket. */
const httpOf = (endpoint: string): string => endpoint.replace(/^ws/i, 'http');

const inUrl = (address: string): string => (address.includes(':') ? `[${address}]` : address);
