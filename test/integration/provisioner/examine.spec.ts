import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { trustedFetch } from '@app/security';
import { freePort } from '@app/testing';
import { askEra } from '../../../src/provisioner/examine/ask-era';
import { askReach } from '../../../src/provisioner/examine/ask-reach';
import { failed, type Subject } from '../../../src/provisioner/examine/replies';

const LIMIT_MS = 60_000;

/** What the examiner meets at the doors of servers that are not as they should be. */
describe('an examination', () => {
  const servers: Server[] = [];
  const fetch = trustedFetch();

  afterAll(() => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  });

  const subjectAt = (url: string): Subject => ({
    spec: { type: 'docker', image: 'a/b:1' },
    exposedPorts: [3000],
    signal: AbortSignal.timeout(LIMIT_MS),
    target: {
      ...{ key: 'k', instanceId: 'i', serverName: 'odd', urls: [url], transport: 'streamable-http' },
      ...{
        healthUrl: undefined,
        headers: {},
        auth: undefined,
        fetch,
        timeoutMs: LIMIT_MS,
        prefer: undefined,
      },
    },
  });
  async function serving(listener: RequestListener): Promise<Subject> {
    const server = createServer(listener);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return subjectAt(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}/mcp`);
  }

  it('of a closed port says where it ended, and what the image says of ports', async () => {
    const port = await freePort();
    expect(await askReach(subjectAt(`http://127.0.0.1:${String(port)}/mcp`))).toMatchObject({
      ...{ asked: true, ok: false, layer: 'tcp' },
      facts: { port, exposed_ports: [3000] },
    });
  });

  it('of a web page comes as far as HTTP, and not as far as MCP', async () => {
    const page = await serving((_request, response) => {
      response.setHeader('content-type', 'text/html; charset=utf-8').end('<h1>hello</h1>');
    });
    expect(await askReach(page)).toMatchObject({
      ok: true,
      facts: { http_status: 200, content_type: 'text/html' },
    });
    const met = await askEra('older', page).catch((error: unknown) => failed(error, page.signal, String));
    expect(met).toMatchObject({ ok: false, layer: 'mcp', code: 'upstream_protocol_error' });
  });

  it('of a server that keeps a request open without a word does not wait for it', async () => {
    const silent = await serving(() => undefined);
    expect(await askReach(silent)).toMatchObject({ ok: false, layer: 'timeout' });
  });

  it.each([
    [401, true],
    [405, true],
    [503, false],
  ])('of one that answers %i is well: %s', async (status, ok) => {
    const subject = await serving((_request, response) => {
      response.writeHead(status).end();
    });
    expect(await askReach(subject)).toMatchObject({ ok, facts: { http_status: status } });
  });
});
