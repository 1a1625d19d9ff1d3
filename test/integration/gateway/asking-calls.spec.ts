import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { type AddressInfo } from 'node:net';
import { eventually } from '@app/testing';
import { AskingLimits } from '../../../src/gateway/calls/asking/asking-limits';
import { ADA, askedOf, CALL, http, reply, wordsOf } from './aggregate/asked';
import { MemberServer } from './aggregate/member-server';
import { type Answer, BOOTSTRAP_KEY, World } from './world';

jest.setTimeout(180_000);

const TOOLS = ['plain', 'ask', 'ask-twice', 'ask-for-ever', 'ask-address', 'ask-model'];
const CANARY = 'canary-of-an-answer-4711';

const changed = (state: string): string =>
  `${state.slice(0, 30)}${state[30] === 'A' ? 'B' : 'A'}${state.slice(31)}`;

describe.each(['older', 'newer'] as const)('calls that may ask, of a server of the %s era', (era) => {
  let world: World;
  let server: MemberServer;
  let limits: { -readonly [Limit in keyof AskingLimits]: AskingLimits[Limit] };

  beforeAll(async () => {
    world = await World.start();
    server = await MemberServer.start(era, { era, tools: TOOLS });
    await world.instance({ name: 'asker', upstream: http(server.url) });
    await world.instance({ name: 'other', upstream: http(server.url) });
    limits = world.app.get(AskingLimits, { strict: false });
  });
  beforeEach(() => {
    Object.assign(limits, new AskingLimits());
    server.calls.length = 0;
  });
  afterAll(async () => {
    await world.stop();
    await server.stop();
  });

  const call = (tool: string, more: object = {}, headers: object = {}): Promise<Answer> =>
    world.request(
      'POST',
      CALL,
      { server_name: 'asker', tool_name: tool, arguments: {}, accept_input: true, ...more },
      headers,
    );
  const sent = (): number => server.count('tools/call');

  it('answer as always where nothing is asked', async () => {
    const answer = await call('plain');
    expect(wordsOf(answer)).toContain(`${era}:plain`);
    expect(answer.body).not.toHaveProperty('input_required');
  });

  it.each([
    ['accept', ADA],
    ['decline', { action: 'decline' }],
    ['cancel', { action: 'cancel' }],
  ])('go on when somebody chose to %s', async (action, answer) => {
    const before = sent();
    const asked = askedOf(await call('ask'));
    const [question] = Object.values(asked.requests);
    expect(question).toMatchObject({
      method: 'elicitation/create',
      params: { message: 'Who?', requestedSchema: { properties: { name: { type: 'string' } } } },
    });
    expect(asked.expires_in_ms).toBe(limits.waitMs);
    const last = await call('ask', reply(asked, answer));
    expect(last.status).toBe(200);
    expect(last.body).not.toHaveProperty('input_required');
    expect(wordsOf(last)).toContain(action === 'accept' ? 'Ada' : action);
    // The one is held open, the other is repeated with the answers, as its protocol says.
    expect(sent() - before).toBe(era === 'older' ? 1 : 2);
  });

  it('ask twice, and once more for what was not answered', async () => {
    const first = askedOf(await call('ask-twice'));
    const again = askedOf(await call('ask-twice', { request_state: first.request_state }));
    expect(Object.values(again.requests)).toEqual(Object.values(first.requests));
    const second = askedOf(await call('ask-twice', reply(again)));
    expect(Object.values(second.requests)[0]?.params['message']).toBe('And then?');
    const last = await call('ask-twice', reply(second, { action: 'accept', content: { name: 'Grace' } }));
    expect(wordsOf(last)).toMatch(/Ada.*then.*Grace/);
  });

  it('are bounded in their rounds', async () => {
    limits.roundsMax = 3;
    let answer = await call('ask-for-ever');
    for (let round = 1; round <= 3; round += 1) answer = await call('ask-for-ever', reply(askedOf(answer)));
    expect([answer.status, answer.body['code']]).toEqual([502, 'endless_questions']);
  });

  it('pass on an address to go to', async () => {
    const asked = askedOf(await call('ask-address'));
    expect(Object.values(asked.requests)[0]?.params).toMatchObject({
      mode: 'url',
      url: 'https://example.com/sign-in?x=1',
    });
    expect(wordsOf(await call('ask-address', reply(asked, { action: 'accept' })))).toContain('accept');
  });

  it('are not told of a caller who did not say that it can be asked', async () => {
    const plain = await world.request('POST', CALL, {
      server_name: 'asker',
      tool_name: 'ask',
      arguments: {},
    });
    expect(plain.body).not.toHaveProperty('input_required');
    expect(plain.body['is_error'] ?? plain.status >= 400).toBe(true);
  });

  it('get no model to ask', async () => {
    const answer = await call('ask-model');
    expect(answer.body).not.toHaveProperty('input_required');
    expect(answer.body['is_error'] ?? answer.status >= 400).toBe(true);
  });

  it('take their answers from their caller, for this very call', async () => {
    const asked = askedOf(await call('ask'));
    const before = sent();
    const back = reply(asked);
    const { key } = await world.issueKey('operator');
    const strangers = await Promise.all([
      call('ask', back, { authorization: `Bearer ${key}` }),
      call('ask-twice', back),
      call('ask', { ...back, server_name: 'other' }),
      call('ask', { ...back, arguments: { more: 1 } }),
      call('ask', { ...back, request_state: changed(asked.request_state) }),
      call('ask', { ...back, request_state: 'forged' }),
    ]);
    expect(strangers.map(({ status, body }) => [status, body['code']])).toEqual(
      strangers.map(() => [422, 'request_state_invalid']),
    );
    expect(sent()).toBe(before);
    expect(wordsOf(await call('ask', back))).toContain('Ada');
  });

  it.each([
    [{ input_responses: { q1: ADA } }, 'input_responses_invalid'],
    [{ request_state: 'x', input_responses: { q1: 5 } }, 'input_responses_invalid'],
    [{ request_state: 'x', input_responses: { q1: { action: 'maybe' } } }, 'input_responses_invalid'],
    [
      { request_state: 'x', input_responses: { q1: { action: 'accept', content: [] } } },
      'input_responses_invalid',
    ],
    [{ request_state: 5 }, 'validation_failed'],
    [{ accept_input: 'yes' }, 'validation_failed'],
  ] as const)('refuse %j', async (more, code) => {
    const before = sent();
    const answer = await call('ask', more);
    expect([answer.status, answer.body['code']]).toEqual([422, code]);
    expect(sent()).toBe(before);
  });

  it('are over when the time to answer is', async () => {
    limits.waitMs = 100;
    const asked = askedOf(await call('ask'));
    expect(asked.expires_in_ms).toBe(100);
    const before = sent();
    await eventually(async () => {
      const late = await call('ask', { request_state: asked.request_state, input_responses: {} });
      expect([late.status, late.body['code']]).toEqual([409, 'input_expired']);
      expect(late.body['hint']).toMatch(/from the beginning/);
    });
    expect(sent() - before).toBeLessThan(era === 'older' ? 1 : 5);
  });

  it('leave their answers nowhere', async () => {
    const asked = askedOf(await call('ask'));
    const secret = { action: 'accept', content: { name: CANARY } };
    expect(wordsOf(await call('ask', reply(asked, secret)))).toContain(CANARY);
    const rows = await world.trail('mcp.tool.called');
    expect(rows.length).toBeGreaterThan(1);
    expect(JSON.stringify(rows)).not.toContain(CANARY);
    const tables: { table_name: string }[] = await world.truth.db.query(
      `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'`,
    );
    for (const { table_name: table } of tables) {
      const found = await world.truth.db.query(`SELECT 1 FROM "${table}" AS row WHERE row::text LIKE $1`, [
        `%${CANARY}%`,
      ]);
      expect([table, found]).toEqual([table, []]);
    }
  });

  if (era === 'older') {
    it('are held once: the same answers do not count twice', async () => {
      const before = sent();
      const asked = askedOf(await call('ask'));
      await call('ask', reply(asked));
      const twice = await call('ask', reply(asked));
      expect([twice.status, twice.body['code']]).toEqual([409, 'held_call_lost']);
      expect(sent() - before).toBe(1);
    });

    it('are held for a few of a caller only', async () => {
      const asked = await Promise.all(
        Array.from({ length: limits.heldPerCallerMax }, () => call('ask').then(askedOf)),
      );
      const full = await call('ask');
      expect([full.status, full.body['code']]).toEqual([429, 'input_calls_exhausted']);
      expect(full.headers['retry-after']).toBeDefined();
      await Promise.all(asked.map((one) => call('ask', reply(one))));
      askedOf(await call('ask'));
    });

    it('end at the server when the caller goes away, and when it waits no longer', async () => {
      await world.app.listen(0, '127.0.0.1');
      const { port } = world.app.getHttpServer().address() as AddressInfo;
      const asked = askedOf(await call('ask-for-ever'));
      server.silence('ask-for-ever');
      const body = JSON.stringify({
        ...{ server_name: 'asker', tool_name: 'ask-for-ever', arguments: {} },
        ...reply(asked),
      });
      const before = server.cancelled;
      const caller = httpRequest({
        ...{ host: '127.0.0.1', port, path: CALL, method: 'POST' },
        headers: { authorization: `Bearer ${BOOTSTRAP_KEY}`, 'content-type': 'application/json' },
      });
      caller.on('error', () => undefined);
      caller.end(body);
      await once(caller, 'finish');
      await eventually(() => {
        expect(server.calls.filter((name) => name === 'ask-for-ever').length).toBe(2);
      });
      caller.destroy();
      await eventually(() => {
        expect(server.cancelled).toBe(before + 1);
      });
      const late = await call('ask-for-ever', reply(asked));
      expect([late.status, late.body['code']]).toEqual([409, 'held_call_lost']);

      const slow = await call('ask-for-ever', { timeout_ms: 100 });
      expect([slow.status, slow.body['code']]).toEqual([504, 'call_timed_out']);
      await eventually(() => {
        expect(server.cancelled).toBe(before + 2);
      });
    });
  }
});
