import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { lookup } from 'node:dns/promises';
import { type AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { Database } from '@app/database';
import { type InstanceBody } from '../api';
import { SECRET } from '../bad-requests';
import { Installation } from '../installation';
import { refusalOf, refused, tablesHolding } from '../refusals';

/** Guards against hanging; how long a step may take is said where it is waited for. */
jest.setTimeout(240_000);

const INSTANCES = '/mcp/instances';
const SERVERS = '/mcp/servers';
/** An address of a private range that the operator of this installation allows. */
const ALLOWED_PRIVATE = '10.20.30.40:8443';

describe('what comes close to being refused', () => {
  let quayside: Installation;
  let db: Database;

  beforeAll(async () => {
    quayside = await Installation.start({ env: { EGRESS_ALLOW: ALLOWED_PRIVATE } });
    db = await Database.open({ url: quayside.database, applicationName: 'bad-input' });
  });

  afterAll(async () => {
    await db.close();
    await quayside.stop();
  });

  it('a race of twenty for one name has one winner and nineteen clear losers', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        quayside.api.request<InstanceBody>('POST', INSTANCES, {
          name: 'wanted-by-all',
          template: 'needs-key',
          environment: { DEMO_API_KEY: SECRET },
        }),
      ),
    );
    const winners = answers.filter(({ status }) => status === 201);
    const losers = answers.filter(({ status }) => status !== 201).map(refusalOf);
    expect(winners).toHaveLength(1);
    expect(losers.map(({ status, code }) => [status, code])).toEqual(
      Array.from({ length: 19 }, () => [409, 'instance_name_taken']),
    );
    const { id } = winners[0]!.body;
    await quayside.reaches('wanted-by-all', 'running', 120_000);
    const { instances } = await quayside.api.ok<{ instances: InstanceBody[] }>('GET', INSTANCES);
    expect(instances.map((instance) => instance.id)).toEqual([id]);
    const { secrets } = await quayside.api.ok<{ secrets: { scope: string }[] }>('GET', '/api/v1/secrets');
    expect(secrets.map(({ scope }) => scope)).toEqual([id]);
    const events = await db.query(
      `SELECT aggregate_id FROM domain_event WHERE name = 'mcp.instance.create.requested'`,
    );
    expect(events).toEqual([{ aggregate_id: id }]);
  });

  it('a literal where a reference belongs never reaches the database', async () => {
    const remote = await quayside.api.ok<InstanceBody>('POST', INSTANCES, {
      name: 'with-token',
      json_spec: {
        type: 'url',
        endpoint: 'http://127.0.0.1:9/mcp'.replace(':9/', ':39999/'),
        authentication: { type: 'bearer', token: SECRET },
        headers: [{ key: 'X-Api-Key', value: SECRET }],
      },
    });
    expect(remote.json_spec).toMatchObject({
      authentication: { type: 'bearer', token: `secret_ref:${remote.id}:AUTH_TOKEN` },
      headers: [{ key: 'X-Api-Key', value: expect.stringMatching(/^secret_ref:/) as string }],
    });
    const { json_spec: spec } = await quayside.api.ok<InstanceBody>('GET', `${INSTANCES}/wanted-by-all`);
    expect(spec['environment']).toEqual({
      DEMO_API_KEY: expect.stringMatching(/^secret_ref:.*:DEMO_API_KEY$/) as string,
    });
    expect(await tablesHolding(db, SECRET)).toEqual([]);
    expect(quayside.log.join('\n')).not.toContain(SECRET);
  });

  it('a key that comes again is told from a request that comes again', async () => {
    const headers = { 'idempotency-key': 'b0b4f6d2-first-try' };
    const body = { name: 'registered-once', docker_image_url: 'agentarea/echo:latest' };
    const first = await quayside.api.request<{ id: string }>('POST', SERVERS, body, headers);
    const again = await quayside.api.request<{ id: string }>('POST', SERVERS, body, headers);
    expect([first.status, again.status, again.body.id]).toEqual([201, 201, first.body.id]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const other = await refused(quayside, 'POST', SERVERS, { ...body, name: 'another' }, headers);
    expect(other).toMatchObject({ status: 422, code: 'idempotency_key_reused' });
    const odd = await refused(quayside, 'POST', SERVERS, body, { 'idempotency-key': 'with a space' });
    expect(odd).toMatchObject({ status: 400, code: 'invalid_idempotency_key' });
    const { servers } = await quayside.api.ok<{ servers: object[] }>('GET', `${SERVERS}?q=registered-once`);
    expect(servers).toHaveLength(1);
  });

  it('a private address that the operator allows is taken', async () => {
    const { status } = await quayside.api.request('POST', INSTANCES, {
      name: 'allowed',
      json_spec: { type: 'url', endpoint: `https://${ALLOWED_PRIVATE}/mcp` },
    });
    expect(status).toBe(201);
  });

  it('a redirect is not followed, wherever it leads', async () => {
    const [inside, outside] = [new Counter(), new Counter()];
    await inside.start((answer) => answer.writeHead(200).end());
    await outside.start((answer) => answer.writeHead(302, { location: inside.url }).end());
    try {
      await quayside.api.ok('POST', INSTANCES, {
        name: 'redirecting',
        json_spec: { type: 'url', endpoint: outside.url, health_check: '/health' },
      });
      const { reason } = await quayside.reaches('redirecting', 'failed', 120_000);
      expect(reason).toMatch(/redirect/i);
      expect(outside.requests).toBeGreaterThan(0);
      expect(inside.requests).toBe(0);
    } finally {
      await Promise.all([inside.stop(), outside.stop()]);
    }
  });

  it('a name is judged by what it resolves to', async () => {
    const here = hostname();
    const answers = await lookup(here, { all: true }).catch(() => []);
    const listener = new Counter();
    await listener.start((answer) => answer.writeHead(200).end());
    try {
      const endpoint = `http://${here}:${String(listener.port)}/mcp`;
      await quayside.api.ok('POST', INSTANCES, { name: 'by-name', json_spec: { type: 'url', endpoint } });
      const { reason } = await quayside.reaches('by-name', 'failed', 120_000);
      // A machine need not know its own name; what it does not know it cannot be lured to either.
      expect(reason).toMatch(answers.length > 0 ? /outbound policy/i : /name/i);
      expect(listener.requests).toBe(0);
    } finally {
      await listener.stop();
    }
  });
});

/** A local server that counts who comes. */
class Counter {
  requests = 0;
  private server: Server | undefined;

  async start(answer: (response: ServerResponse) => void): Promise<void> {
    this.server = createServer((_, response) => {
      this.requests += 1;
      answer(response);
    }).listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  get port(): number {
    return (this.server?.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${String(this.port)}/mcp`;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    const { server } = this;
    if (server === undefined) return;
    const closed = once(server, 'close');
    server.close();
    await closed;
  }
}
