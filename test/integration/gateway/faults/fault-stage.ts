import { type AddressInfo } from 'node:net';
import { eventually } from '@app/testing';
import { BOOTSTRAP_KEY, World } from '../world';
import { type Era, FaceClient } from './face-client';
import { Misbehaving } from './misbehaving';

/** For servers whose silence is waited for; long enough for their handshake on a busy machine. */
const SHORT_TIMEOUT_S = 4;

/** The gateway on a real port, before servers of both kinds: `good-older` and `good-newer` must never notice anything. */
export class FaultStage {
  readonly servers = new Misbehaving();
  private readonly clients: FaceClient[] = [];
  world!: World;
  base = '';

  async start(): Promise<void> {
    [this.world] = await Promise.all([World.start(), this.servers.start()]);
    await this.world.app.listen(0, '127.0.0.1');
    const { port } = this.world.app.getHttpServer().address() as AddressInfo;
    this.base = `http://127.0.0.1:${port}`;
    for (const era of ['older', 'newer'] as const) await this.server(`good-${era}`, era);
  }

  async stop(): Promise<void> {
    for (const client of this.clients) client.close();
    await (this.world as World | undefined)?.stop();
    await this.servers.end();
  }

  /** An instance at the fixture, and a virtual endpoint of the same name with it alone; both known to the gateway. */
  async server(
    name: string,
    era: Era,
    { isPatient = true, isUp = true, url = this.servers.url(name) } = {},
  ): Promise<void> {
    const limit = isPatient ? {} : { timeout: SHORT_TIMEOUT_S };
    const id = await this.world.instance({
      name,
      spec: { type: 'docker', image: 'test/fault:latest', port: 8080, ...limit },
      upstream: { kind: 'http', urls: [url], transport: 'streamable-http', remote: false },
    });
    await this.world.truth.db.execute(`UPDATE instance_status SET era = $2 WHERE instance_id = $1`, [
      id,
      era,
    ]);
    const body = { name, instances: [name], prefix: 'none' };
    const { status } = await this.world.request('POST', '/api/v1/mcp/endpoints', body);
    if (status !== 201) throw new Error(`the endpoint was answered ${status}`);
    if (!isUp) return;
    await eventually(async () => {
      const list = await this.world.get(`/api/v1/mcp/tools?server_name=${name}`);
      if (list.status !== 200) throw new Error(`${name} is not there yet: ${JSON.stringify(list.body)}`);
    });
  }

  client(path: string, era: Era, key = BOOTSTRAP_KEY): FaceClient {
    const client = new FaceClient(this.base, path, era, key);
    this.clients.push(client);
    return client;
  }

  begun(path: string, era: Era, key = BOOTSTRAP_KEY): Promise<FaceClient> {
    return this.client(path, era, key).begin();
  }

  /** Both good servers answer, in both eras, on the relay and on an endpoint. */
  async expectUnharmed(): Promise<void> {
    for (const era of ['older', 'newer'] as const) {
      for (const path of [`/servers/good-${era}/mcp`, `/endpoints/good-${era}/mcp`]) {
        const client = await this.begun(path, era);
        expect(await client.echo(`still here, ${path}`)).toBe(`still here, ${path}`);
        client.close();
      }
    }
  }
}

export const PAIRS = [
  ['older', 'older'],
  ['newer', 'newer'],
  ['older', 'newer'],
  ['newer', 'older'],
] as const satisfies readonly (readonly [Era, Era])[];
