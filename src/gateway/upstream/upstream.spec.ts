import { FakeClock } from '@app/testing';
import {
  McpBusyError,
  type McpSession,
  McpTimeoutError,
  McpToolUnknownError,
  McpUnreachableError,
} from '@app/mcp';
import { CircuitOpenError } from '@app/resilience';
import { UpstreamWaitingError } from '../domain/gateway.errors';
import { type CallableRoute } from '../routing/route';
import { Upstream } from './upstream';

const route: CallableRoute = {
  ...{
    instanceId: 'i',
    workspaceId: 'w',
    name: 'docs',
    spec: { type: 'stdio', command: 'echo', timeout: 7 },
    desiredState: 'running',
  },
  ...{
    generation: 1,
    status: 'running',
    reason: '',
    tools: 1,
    era: 'older',
    latencyMs: 1,
    lastCheckedAt: null,
  },
  ...{ upstream: { kind: 'bridge', urls: ['http://127.0.0.1:1/'] }, nextAttemptAt: null },
  version: { row: 1, observedGeneration: 1, statusSequence: 1 },
};
const about = { serverName: 'docs' };
const refused = () => new McpUnreachableError('refused', 'tcp', { ...about, started: false });
const broken = () => new McpUnreachableError('reset', 'tcp', about);

class FakeSession {
  closed = 0;
  readonly capabilities = { tools: {} };
  readonly onListChanged = (): (() => void) => () => undefined;
  request = (method: string) =>
    method === 'tools/list'
      ? Promise.resolve({ tools: [{ name: 'echo', inputSchema: {} }] })
      : Promise.reject(new Error('never asked'));
  close(): Promise<void> {
    this.closed += 1;
    return Promise.resolve();
  }
}

describe('an upstream', () => {
  let clock: FakeClock;
  let sessions: FakeSession[];
  let connect: () => Promise<McpSession>;
  let upstream: Upstream;

  beforeEach(() => {
    clock = new FakeClock();
    sessions = [];
    connect = () => {
      const session = new FakeSession();
      sessions.push(session);
      return Promise.resolve(session as unknown as McpSession);
    };
    upstream = new Upstream(route, () => connect(), clock);
  });

  it('shares one session among all callers', async () => {
    await Promise.all(Array.from({ length: 20 }, () => upstream.use(() => Promise.resolve(1))));
    expect(sessions).toHaveLength(1);
    expect(upstream.state()).toMatchObject({ circuit: 'closed', isConnected: true, failure: null });
  });

  it('connects anew and tries once more when the call provably did not begin', async () => {
    let tries = 0;
    const answer = await upstream.use(() => {
      tries += 1;
      return tries === 1 ? Promise.reject(refused()) : Promise.resolve('done');
    });
    expect([answer, tries, sessions.length]).toEqual(['done', 2, 2]);
    expect(sessions[0]?.closed).toBe(1);
  });

  it('never repeats a call that may have begun', async () => {
    let tries = 0;
    const call = upstream.use(() => {
      tries += 1;
      return Promise.reject(broken());
    });
    await expect(call).rejects.toThrow('reset');
    expect(tries).toBe(1);
  });

  describe('entered without waiting', () => {
    it('is not, before there is a session', () => {
      expect(upstream.shared.tryEnter()).toBeUndefined();
      expect(upstream.admission.active).toBe(0);
    });

    it('counts like any other call, until it is left', async () => {
      await upstream.use(() => Promise.resolve(1));
      const entered = upstream.shared.tryEnter();
      expect([upstream.admission.active, upstream.shared.isIdle]).toEqual([1, false]);
      upstream.close();
      expect(sessions[0]?.closed).toBe(0);
      upstream.shared.leave(entered!);
      expect([upstream.admission.active, upstream.shared.isIdle, sessions[0]?.closed]).toEqual([0, true, 1]);
    });

    it('goes on like any other call, and tries once more only what did not begin', async () => {
      await upstream.use(() => Promise.resolve(1));
      let tries = 0;
      const work = (error: Error) => () => {
        tries += 1;
        return tries === 1 ? Promise.reject(error) : Promise.resolve('done');
      };
      expect(await upstream.shared.goOn(upstream.shared.tryEnter()!, work(refused()))).toBe('done');
      expect([tries, sessions.map(({ closed }) => closed)]).toEqual([2, [1, 0]]);
      tries = 0;
      const begun = upstream.shared.goOn(upstream.shared.tryEnter()!, work(broken()));
      await expect(begun).rejects.toThrow('reset');
      expect([tries, upstream.admission.active, upstream.shared.isIdle]).toEqual([1, 0, true]);
    });
  });

  it('keeps its session when one call takes too long', async () => {
    const slow = () => Promise.reject(new McpTimeoutError('slow', 'timeout', about));
    await expect(upstream.use(slow)).rejects.toBeInstanceOf(McpTimeoutError);
    expect(upstream.state().isConnected).toBe(true);
  });

  it('waits between tries to connect, and says until when', async () => {
    connect = () => Promise.reject(refused());
    await expect(upstream.use(() => Promise.resolve(1))).rejects.toBeInstanceOf(McpUnreachableError);
    const { nextAttemptAt, failure } = upstream.state();
    expect(failure).toBe('refused');
    if (nextAttemptAt === null) return;
    await expect(upstream.use(() => Promise.resolve(1))).rejects.toBeInstanceOf(UpstreamWaitingError);
    upstream.tryNow();
    expect(upstream.state().nextAttemptAt).toBeNull();
  });

  it('is left alone after failing again and again', async () => {
    const failing = () => upstream.use(() => Promise.reject(broken()));
    for (let call = 0; call < 5; call += 1) await expect(failing()).rejects.toThrow('reset');
    await expect(failing()).rejects.toBeInstanceOf(CircuitOpenError);
    expect(upstream.state().circuit).toBe('open');
  });

  it('is not blamed for saying no', async () => {
    const no = () => upstream.use(() => Promise.reject(new McpToolUnknownError('x', about)));
    for (let call = 0; call < 20; call += 1) await expect(no()).rejects.toBeInstanceOf(McpToolUnknownError);
    expect(upstream.state().circuit).toBe('closed');
  });

  it('gets no calls until the time it asked for', async () => {
    const busy = new McpBusyError('busy', 'http', { ...about, retryAfterS: 60 });
    await expect(upstream.use(() => Promise.reject(busy))).rejects.toBe(busy);
    await expect(upstream.use(() => Promise.resolve(1))).rejects.toBeInstanceOf(CircuitOpenError);
  });

  it('lets a caller leave without ending the connection for the others', async () => {
    let connected: (session: McpSession) => void = () => undefined;
    connect = () => new Promise((resolve) => (connected = resolve));
    const leaving = new AbortController();
    const left = upstream.use(() => Promise.resolve('left'), leaving.signal);
    const stayed = upstream.use(() => Promise.resolve('stayed'));
    leaving.abort(new Error('bye'));
    await expect(left).rejects.toThrow('bye');
    connected(new FakeSession() as unknown as McpSession);
    expect(await stayed).toBe('stayed');
  });

  it('closes its session when its last user is done', async () => {
    let finish: () => void = () => undefined;
    const running = upstream.use(() => new Promise<void>((resolve) => (finish = resolve)));
    await new Promise(setImmediate);
    upstream.close();
    expect(sessions[0]?.closed).toBe(0);
    finish();
    await running;
    expect(sessions[0]?.closed).toBe(1);
  });

  it('knows its tools, asks for no lists that are not offered, and has its own time limit', async () => {
    expect((await upstream.tool('echo')).name).toBe('echo');
    await expect(upstream.tool('nothing')).rejects.toBeInstanceOf(McpToolUnknownError);
    expect(await upstream.prompts.forDisplay()).toEqual({ items: [] });
    expect(upstream.callLimitMs(30_000)).toBe(7_000);
  });
});
