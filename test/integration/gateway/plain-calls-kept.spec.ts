import { type ServerResponse } from 'node:http';
import { Logger } from '@nestjs/common';
import { accessLog, createLogger, requestContext, type Span, tracer } from '@app/telemetry';
import { eventually } from '@app/testing';
import { IdentityNotices } from '../../../src/identity';
import { CALL, OneConnection, type Way } from './both-ways';
import { FaceWorld } from './face-world';
import { type Heard, sendJson } from './scripted-upstream';
import { BOOTSTRAP_KEY } from './world';

const WAYS: readonly Way[] = ['plain', 'chunked'];
const REVOKED_WITHIN_MS = 5_500;
const TOOLS = ['echo', 'hangs', 'misshapen'].map((name) => ({ name, inputSchema: { type: 'object' } }));
const echo = { server_name: 'older', tool_name: 'echo' };
const hangs = { server_name: 'older', tool_name: 'hangs' };
const misshapen = { server_name: 'older', tool_name: 'misshapen' };

/** Beside the answer itself: what is known, counted and written down of a call, and how it ends. */
describe('a plain tool call over REST', () => {
  const faces = new FaceWorld();
  const open: OneConnection[] = [];
  let readByNode = 0;
  /** Calls that the server has, and those of them that it was told to forget. */
  let held = 0;
  let forgotten = 0;

  const script = ({ message: { id, method, params } }: Heard, response: ServerResponse): boolean => {
    if (method === 'notifications/cancelled') forgotten += 1;
    if (method === 'tools/list') sendJson(response, { id, result: { tools: TOOLS } });
    else if (method === 'tools/call' && params?.['name'] === 'misshapen')
      sendJson(response, { id, result: {} });
    else if (method !== 'tools/call' || params?.['name'] !== 'hangs') return false;
    else held += 1;
    return true;
  };

  beforeAll(async () => {
    await faces.start();
    faces.world.app.getHttpServer().on('request', () => (readByNode += 1));
  }, 180_000);
  beforeEach(() => {
    faces.forget();
    faces.older.script = script;
    readByNode = 0;
    held = 0;
    forgotten = 0;
  });
  afterEach(() => {
    tracer.close();
    accessLog.close();
    for (const connection of open.splice(0)) connection.close();
  });
  afterAll(() => faces.stop());

  function connection(way: Way = 'plain'): OneConnection {
    const made = new OneConnection(faces.base, way);
    open.push(made);
    return made;
  }

  const counted = async (): Promise<Record<string, string>> => {
    const answer = await faces.world.app.inject({
      ...{ method: 'GET', url: '/metrics' },
      headers: { host: 'localhost', authorization: `Bearer ${BOOTSTRAP_KEY}` },
    });
    expect(answer.statusCode).toBe(200);
    const lines = answer.body.split('\n').filter((line) => line.includes(`route="${CALL}"`));
    return Object.fromEntries(
      lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), line.slice(line.lastIndexOf(' ') + 1)]),
    );
  };
  const requests = async (status: number): Promise<number> =>
    Number(
      (await counted())[`quayside_http_requests_total{method="POST",route="${CALL}",status="${status}"}`] ??
        0,
    );

  it('is counted under the same labels as any other', async () => {
    for (const way of WAYS) {
      const before = [await requests(200), await requests(404)];
      const one = connection(way);
      await one.ask({ body: echo, path: '/mcp/tools/call' });
      await one.ask({ body: { ...echo, tool_name: 'nothing' } });
      await eventually(async () => {
        expect([await requests(200), await requests(404)]).toEqual(before.map((count) => count + 1));
      });
    }
    const names = Object.keys(await counted()).filter((name) => name.includes('seconds_count'));
    expect(names).toEqual([`quayside_http_request_duration_seconds_count{method="POST",route="${CALL}"}`]);
    expect(readByNode).toBe(2);
  });

  it('has a span that belongs to its caller’s trace', async () => {
    const spans: Span[] = [];
    tracer.open({ take: (span) => spans.push(span) });
    const [first, second] = await Promise.all(
      WAYS.map(async (way) => {
        await connection(way).ask({ body: { ...echo, tool_name: 'nothing' } });
      }),
    ).then(() =>
      eventually(() => {
        const servers = spans.filter(({ name }) => name === `POST ${CALL}`);
        expect(servers).toHaveLength(2);
        return servers;
      }),
    );
    const essence = ({ startedAtMs, endedAtMs, traceparent, ...span }: Span) => ({
      ...{ ...span, trace: traceparent.slice(0, 35) },
      isOver: endedAtMs > startedAtMs,
    });
    if (first === undefined || second === undefined) throw new Error('Two spans were counted.');
    expect(essence(first)).toEqual(essence(second));
    expect(first.parent).toContain('b7ad6b7169203331');
    expect(readByNode).toBe(1);
  });

  it('leaves the same lines in the log', async () => {
    const lines: Record<string, unknown>[] = [];
    const destination = { write: (line: string) => lines.push(JSON.parse(line) as (typeof lines)[number]) };
    accessLog.open(createLogger({ level: 'debug', role: 'test', destination }));
    const told: object[] = [];
    for (const way of WAYS) {
      lines.length = 0;
      await connection(way).ask({ body: echo, path: '/mcp/tools/call' });
      await eventually(() => {
        expect(lines).toHaveLength(2);
      });
      told.push(
        lines.map(({ msg, method, path, status, actor, request_id: request, trace_id: trace, target }) => ({
          ...{ msg, method, path, status, actor, request, trace, target },
        })),
      );
    }
    expect(told[0]).toEqual(told[1]);
    expect(told[0]).toContainEqual(
      expect.objectContaining({
        ...{ msg: 'a request was answered', path: CALL, status: 200 },
        actor: expect.stringMatching(/^key:/) as unknown,
      }),
    );
  });

  it.each(WAYS)('is named by the log where something is wrong with it: %s', async (way) => {
    const named: unknown[] = [];
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation((line: unknown) => {
      if (JSON.stringify(line).includes('call_outcome_unknown')) named.push(requestContext.get()?.requestId);
    });
    try {
      expect((await connection(way).ask({ body: misshapen })).status).toBe(502);
    } finally {
      warn.mockRestore();
    }
    expect(named).toEqual(['the-same-request']);
  });

  it('is recorded as its caller’s, from where it came', async () => {
    const { id, key } = await faces.world.issueKey('developer');
    await connection().ask({ body: { ...echo, arguments: { message: 'four' } }, key });
    await eventually(async () => {
      const [row] = (await faces.world.trail('mcp.tool.called')).filter(({ actor }) => actor === `key:${id}`);
      expect(row).toMatchObject({
        outcome: 'succeeded',
        address: '127.0.0.1',
        request_id: 'the-same-request',
      });
      expect(row?.['detail']).toMatchObject({ tool_name: 'echo', arguments: ['message: string(4)'] });
    });
    await eventually(async () => {
      const [row] = await faces.world.truth.db.query<{ last_used_at: Date | null }>(
        `SELECT last_used_at FROM api_key WHERE id = $1`,
        [id],
      );
      expect(row?.last_used_at).not.toBeNull();
    });
    expect(readByNode).toBe(0);
  });

  it.each(WAYS)('ends with its caller, and counts as no answer: %s', async (way) => {
    const before = JSON.stringify(await counted());
    const gone = new AbortController();
    const asked = connection(way).ask({ body: hangs }, gone.signal);
    const failed = expect(asked).rejects.toThrow();
    await eventually(() => {
      expect(held).toBe(1);
    });
    gone.abort();
    await failed;
    await eventually(() => {
      expect(forgotten).toBe(1);
    });
    expect(JSON.stringify(await counted())).toBe(before);
    expect(readByNode).toBe(way === 'plain' ? 0 : 1);
  });

  it('is refused at once when its key is revoked, also on a connection that was believed', async () => {
    const { id, key } = await faces.world.issueKey('developer');
    const plain = connection();
    expect((await plain.ask({ body: echo, key })).status).toBe(200);
    await faces.world.truth.db.execute(`UPDATE api_key SET revoked_at = now() WHERE id = $1`, [id]);
    faces.world.app.get(IdentityNotices, { strict: false }).publish('key', id);
    const refused = await plain.ask({ body: echo, key });
    expect([refused.status, readByNode]).toEqual([401, 1]);
  });

  it('is refused within five seconds where no notice comes', async () => {
    const { id, key } = await faces.world.issueKey('developer');
    const plain = connection();
    expect((await plain.ask({ body: echo, key })).status).toBe(200);
    await faces.world.truth.db.execute(`UPDATE api_key SET revoked_at = now() WHERE id = $1`, [id]);
    const revokedAtMs = performance.now();
    await eventually(async () => {
      expect((await plain.ask({ body: echo, key })).status).toBe(401);
    });
    expect(performance.now() - revokedAtMs).toBeLessThan(REVOKED_WITHIN_MS);
  });

  it('goes on while the database is away', async () => {
    const { key } = await faces.world.issueKey('developer');
    expect((await connection().ask({ body: echo, key })).status).toBe(200);
    faces.world.line.cut();
    try {
      for (let turn = 0; turn < 3; turn += 1)
        expect((await connection().ask({ body: echo, key })).status).toBe(200);
    } finally {
      faces.world.line.mend();
    }
    expect(readByNode).toBe(0);
  });
});
