import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { EgressRefusedError } from './errors';
import { guardedOutbound, type Outbound, trustedOutbound } from './outbound';
import { EgressPolicy } from './policy';

/** What was told of one request, in order. */
function told(outbound: Outbound, address: string): Promise<readonly unknown[]> {
  const steps: unknown[] = [];
  return new Promise((resolve) => {
    outbound.dispatch(
      outbound.target(address),
      { method: 'POST', headers: ['x-sent', 'yes'], body: Buffer.from('body') },
      {
        onRequestStart: () => steps.push('start'),
        onResponseStart: (_controller, status, headers) =>
          steps.push(status, headers.location ?? 'no location'),
        onResponseData: (_controller, chunk) => steps.push(chunk.toString()),
        onResponseEnd: () => {
          resolve(steps);
        },
        onResponseError: (_controller, error) => {
          resolve([...steps, error]);
        },
      },
    );
  });
}

describe('lean requests', () => {
  let server: Server;
  let base = '';

  beforeAll(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        if (request.url === '/away') response.writeHead(302, { location: 'http://169.254.169.254/' });
        response.end(`${String(request.headers['x-sent'])} ${Buffer.concat(chunks).toString()}`);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('tell what happens, and follow no redirect', async () => {
    const outbound = trustedOutbound();
    expect(await told(outbound, `${base}/x`)).toEqual(['start', 200, 'no location', 'yes body']);
    expect((await told(outbound, `${base}/away`)).slice(0, 3)).toEqual([
      'start',
      302,
      'http://169.254.169.254/',
    ]);
    await outbound.close();
  });

  it('go to addresses that the policy allows, and to no others', async () => {
    const local = guardedOutbound(new EgressPolicy({ localMode: true }));
    expect(await told(local, base)).toContain('yes body');
    const strict = guardedOutbound(new EgressPolicy());
    for (const address of [base, 'http://169.254.169.254/', 'ftp://example.com', 'nonsense'])
      expect(() => strict.target(address)).toThrow(EgressRefusedError);
    await Promise.all([local.close(), strict.close()]);
  });

  it('judge what a name turns out to be, before a byte is sent', async () => {
    const resolve = () => Promise.resolve(['10.0.0.1']);
    const outbound = guardedOutbound(new EgressPolicy(), { resolve });
    const [failure, ...more] = await told(outbound, 'https://rebound.example/');
    expect(failure).toBeInstanceOf(EgressRefusedError);
    expect(more).toEqual([]);
    await outbound.close();
  });
});
