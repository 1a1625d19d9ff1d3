// What a short program would do with the engine: network, container, start, handshake, with the same hardening as ours.
import Docker from 'dockerode';
import { HttpClient } from '../http-client.mjs';
import { load } from '../product.mjs';

const PORT = 8080;
const HANDSHAKE_EVERY_MS = 10;
const HANDSHAKE_LIMIT_MS = 60_000;
/** Beside the range of the product, so that neither takes a subnet of the other. */
const SUBNETS = { first: '10.214', prefix: 28, perBlock: 16 };
export const IMAGE = 'quayside-test/echo:latest';
const LABEL = 'quayside.bench';

export class RawEngine {
  #made = 0;
  #docker;
  #hostConfigOf;

  constructor(socketPath) {
    this.#docker = new Docker({ socketPath });
    const { hardenedHostConfig } = load('libs/container-engine/src/docker/hardening.js');
    const { DEFAULT_LIMITS } = load('libs/container-engine/src/container-spec.js');
    this.#hostConfigOf = (networkId) =>
      hardenedHostConfig({
        spec: { limits: DEFAULT_LIMITS, stdio: false, networkId },
        mounts: [],
        imageVolumes: [],
        runtime: undefined,
      });
  }

  /** Network, container and start. Answers the container and where it is. */
  async start() {
    const name = `quayside-bench-${process.pid}-${(this.#made += 1)}`;
    const network = await this.#docker.createNetwork({
      Name: name,
      CheckDuplicate: true,
      Driver: 'bridge',
      Internal: true,
      EnableIPv6: false,
      IPAM: { Driver: 'default', Config: [{ Subnet: this.#subnet() }] },
      Options: { 'com.docker.network.bridge.enable_icc': 'false' },
      Labels: { [LABEL]: String(process.pid) },
    });
    const container = await this.#docker.createContainer({
      name,
      Image: IMAGE,
      User: '65532:65532',
      Healthcheck: { Test: ['NONE'] },
      Tty: false,
      Labels: { [LABEL]: String(process.pid) },
      HostConfig: this.#hostConfigOf(network.id),
    });
    await container.start();
    const { NetworkSettings } = await container.inspect();
    const [{ IPAddress: address }] = Object.values(NetworkSettings.Networks);
    return { network, container, address };
  }

  /** The first answers of the server inside: it serves now. */
  async handshake({ address }) {
    const client = new HttpClient(PORT, { accept: 'application/json, text/event-stream' }, address);
    const deadline = performance.now() + HANDSHAKE_LIMIT_MS;
    try {
      let greeted = await initialize(client);
      while (greeted === undefined) {
        if (performance.now() > deadline) throw new Error('the raw container never answered');
        await new Promise((resolve) => setTimeout(resolve, HANDSHAKE_EVERY_MS));
        greeted = await initialize(client);
      }
      await client.send('POST', '/mcp', NOTIFICATION, greeted);
      const { status } = await client.send('POST', '/mcp', LIST_TOOLS, greeted);
      if (status !== 200) throw new Error(`tools/list was answered ${status}`);
    } finally {
      client.close();
    }
  }

  async remove({ network, container }) {
    await container.remove({ force: true });
    await network.remove();
  }

  #subnet() {
    const { first, prefix, perBlock } = SUBNETS;
    // Starts somewhere of its own, because another measurement may run on the same engine.
    const place = (process.pid * 64 + this.#made) % (256 * perBlock);
    return `${first}.${Math.floor(place / perBlock)}.${(place % perBlock) * perBlock}/${prefix}`;
  }
}

const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'bench', version: '1' } },
};
const NOTIFICATION = { jsonrpc: '2.0', method: 'notifications/initialized' };
const LIST_TOOLS = { jsonrpc: '2.0', id: 2, method: 'tools/list' };

/** Answers the headers of the session; undefined while nobody listens. */
async function initialize(client) {
  const answer = await client.send('POST', '/mcp', INITIALIZE).catch(() => undefined);
  if (answer === undefined) return undefined;
  if (answer.status !== 200) throw new Error(`initialize was answered ${answer.status}`);
  const session = answer.headers['mcp-session-id'];
  return {
    'mcp-protocol-version': INITIALIZE.params.protocolVersion,
    ...(session === undefined ? {} : { 'mcp-session-id': session }),
  };
}
