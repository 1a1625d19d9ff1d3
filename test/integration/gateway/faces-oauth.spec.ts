import { ProtectedServer } from '../mcp/authorization-server';
import { call, FaceWorld } from './face-world';

const CALLERS = 50;
/** A token is forced anew at most once in five seconds. */
const OLD_ENOUGH_MS = 5_100;
const PATH = '/servers/guarded/mcp';

describe('the relay before a server that takes OAuth tokens', () => {
  const faces = new FaceWorld();
  const server = new ProtectedServer();

  const now = performance.now.bind(performance);
  let aheadMs = 0;

  beforeAll(async () => {
    await Promise.all([faces.start({ CLIENT_SECRET: 'hush_hush-1' }), server.start()]);
    const authentication = {
      type: 'oauth2_client_credentials',
      client_id: 'my-client',
      client_secret: 'secret_ref:env:CLIENT_SECRET',
    } as const;
    await faces.server('guarded', server.url, {
      era: 'older',
      spec: { type: 'url', endpoint: server.url, transport: 'streamable-http', authentication },
    });
    jest.spyOn(performance, 'now').mockImplementation(() => now() + aheadMs);
  }, 180_000);
  afterAll(async () => {
    jest.restoreAllMocks();
    await faces.stop();
    await server.stop();
  });

  /** The server keeps no sessions. */
  const callAs = async (id: number): Promise<unknown[]> => {
    const { status, body } = await faces.post(PATH, call(id, 'x'));
    return [status, body.id, body.error?.data?.code];
  };
  /** It never goes back. */
  const timePasses = (): void => {
    aheadMs += OLD_ENOUGH_MS;
  };

  it('renews a refused token once for all callers, and each call runs once', async () => {
    expect(await callAs(1)).toEqual([200, 1, undefined]);
    const [asked, called] = [server.tokenRequests.length, server.calls];
    server.revoke();
    timePasses();
    const ids = Array.from({ length: CALLERS }, (_, at) => at + 2);
    const answers = await Promise.all(ids.map(callAs));

    expect(answers).toEqual(ids.map((id) => [200, id, undefined]));
    expect(server.tokenRequests).toHaveLength(asked + 1);
    expect(server.calls).toBe(called + CALLERS);
  });

  it('gives up after one forced renewal, in words of its own', async () => {
    await callAs(1);
    const [asked, refused] = [server.tokenRequests.length, server.refused];
    server.behaviour.refusesAll = true;
    timePasses();
    expect(await callAs(2)).toEqual([502, 2, 'upstream_auth_failed']);
    expect(server.refused - refused).toBe(2);
    expect(server.tokenRequests).toHaveLength(asked + 1);
  });
});
