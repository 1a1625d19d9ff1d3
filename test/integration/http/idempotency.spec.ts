import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { randomBytes } from 'node:crypto';
import { Body, type CanActivate, Controller, type ExecutionContext, Module, Post, Res } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Database, DatabaseUnavailableError } from '@app/database';
import { IdempotencyStore, RequirePermission, StaleVersionError, withRowVersion } from '@app/http';
import { Keyring } from '@app/security';
import { requestContext } from '@app/telemetry';
import { eventually, testDatabase, type TestDatabase } from '@app/testing';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { MIGRATIONS } from '../../../src/migrations';
import { startThings } from './things.fixture';

const keyring = Keyring.fromSetting(randomBytes(32).toString('base64'));
const SECRET = 'shown-once-and-never-again';

/** What the handler does next, and how often it was asked. */
const work = { calls: 0, failure: undefined as Error | undefined, gate: Promise.resolve() };

@RequirePermission('things:create')
@Controller({ path: 'things', version: '1' })
class CountedController {
  @Post()
  async create(@Body() body: object, @Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    work.calls += 1;
    const { calls } = work;
    await work.gate;
    if (work.failure !== undefined) throw work.failure;
    void reply.header('location', `/api/v1/things/${calls}`);
    return withRowVersion({ call: calls, token: SECRET, body }, calls);
  }
}

/** Plays the authenticator: the caller is whom the header names. */
class NamingGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { 'x-caller': name } = context.switchToHttp().getRequest<FastifyRequest>().headers;
    if (typeof name === 'string') {
      requestContext.setPrincipal({
        id: name,
        kind: 'key',
        name,
        role: 'admin',
        permissions: 'all',
        workspaceId: DEFAULT_WORKSPACE_ID,
      });
    }
    return true;
  }
}

describe('E6: a POST with an Idempotency-Key', () => {
  let database: TestDatabase;
  let app: NestFastifyApplication;
  let store: IdempotencyStore;
  const start = (): Promise<NestFastifyApplication> => {
    @Module({
      controllers: [CountedController],
      providers: [
        { provide: Database, useValue: database.db },
        { provide: Keyring, useValue: keyring },
        { provide: APP_GUARD, useClass: NamingGuard },
      ],
    })
    class CountedModule {}
    return startThings({ idempotency: true }, CountedModule);
  };

  beforeAll(async () => {
    database = await testDatabase({ migrations: MIGRATIONS });
    app = await start();
    store = new IdempotencyStore(database.db, keyring);
  }, 240_000);

  afterAll(async () => {
    await app.close();
    await database.drop();
  }, 120_000);

  beforeEach(() => {
    Object.assign(work, { calls: 0, failure: undefined, gate: Promise.resolve() });
  });

  const newKey = (): string => randomBytes(8).toString('hex');
  const post = (key: string, payload: object = { name: 'a' }, caller: string | undefined = 'ada') =>
    app.inject({
      method: 'POST',
      url: '/api/v1/things',
      payload,
      headers: { 'idempotency-key': key, ...(caller === '' ? {} : { 'x-caller': caller }) },
    });

  it('is done once, and answered the same again', async () => {
    const key = newKey();
    const first = await post(key);
    const again = await post(key);

    expect(work.calls).toBe(1);
    expect([again.statusCode, again.json()]).toEqual([first.statusCode, first.json()]);
    expect([first.headers['idempotency-replayed'], again.headers['idempotency-replayed']]).toEqual([
      undefined,
      'true',
    ]);
    for (const name of ['location', 'etag', 'content-type']) {
      expect([name, again.headers[name]]).toEqual([name, first.headers[name]]);
    }
    expect(again.headers['location']).toBe('/api/v1/things/1');
    expect(again.headers['etag']).toBe('"v1"');
  });

  it('is answered the same by a process that was started between two tries', async () => {
    const key = newKey();
    const first = await post(key);
    await app.close();
    app = await start();
    const again = await post(key);

    expect(work.calls).toBe(1);
    expect([again.statusCode, again.json()]).toEqual([first.statusCode, first.json()]);
    expect(again.headers['idempotency-replayed']).toBe('true');
  });

  it('is done once when twenty come at the same time', async () => {
    const key = newKey();
    const open = gate();
    const racing = Array.from({ length: 20 }, () => post(key));
    await eventually(() => {
      expect(work.calls).toBe(1);
    });
    open();
    const answers = await Promise.all(racing);
    const replayed = await post(key);

    expect(work.calls).toBe(1);
    const made = answers.filter(({ statusCode }) => statusCode === 201);
    const busy = answers.filter(({ statusCode }) => statusCode === 409);
    expect(made.length).toBeGreaterThanOrEqual(1);
    expect(made.length + busy.length).toBe(20);
    for (const answer of [...made, replayed]) expect(answer.json()).toMatchObject({ call: 1 });
    for (const { headers, body } of busy) {
      expect(headers['retry-after']).toBe('1');
      expect(body).toContain('idempotency_in_progress');
    }
  });

  it('is refused with another body', async () => {
    const key = newKey();
    await post(key);
    const other = await post(key, { name: 'b' });

    expect([other.statusCode, other.json<{ code: string }>().code]).toEqual([422, 'idempotency_key_reused']);
    expect(work.calls).toBe(1);
  });

  it('is another request when another caller sends it', async () => {
    const key = newKey();
    await post(key, {}, 'ada');
    await post(key, {}, 'bob');
    expect(work.calls).toBe(2);
  });

  it('shares no answers between callers without a name', async () => {
    const key = newKey();
    await post(key, {}, '');
    await post(key, {}, '');
    expect(work.calls).toBe(2);
  });

  it.each(['', 'a b', 'ä', 'a'.repeat(256)])('is refused with the impossible key "%s"', async (key) => {
    const { statusCode } = await post(key);
    expect([statusCode, work.calls]).toEqual([400, 0]);
  });

  it('keeps a refusal like any other answer', async () => {
    const key = newKey();
    work.failure = new StaleVersionError(7);
    const first = await post(key);
    work.failure = undefined;
    const again = await post(key);

    expect([first.statusCode, again.statusCode, work.calls]).toEqual([412, 412, 1]);
    expect(again.headers['content-type']).toBe('application/problem+json');
    expect(again.headers['etag']).toBe('"v7"');
    expect(again.json()).toEqual(first.json());
  });

  it('frees the key after a failure of ours', async () => {
    const key = newKey();
    work.failure = new Error('a bug');
    const first = await post(key);
    work.failure = undefined;
    const again = await post(key);

    expect([first.statusCode, again.statusCode, work.calls]).toEqual([500, 201, 2]);
  });

  it('keeps no secret of an answer in clear', async () => {
    await post(newKey());
    const rows = await database.db.query<{ response: Buffer }>(
      `SELECT response FROM idempotency_key WHERE response IS NOT NULL`,
    );
    expect(rows.length).toBeGreaterThan(0);
    for (const { response } of rows) expect(response.toString('latin1')).not.toContain(SECRET);
  });

  it('is done again when the claimant died, but only after its claim has ended', async () => {
    const key = newKey();
    const scope = { principal: 'ada', route: 'POST /api/v1/things', key };
    await store.claim(store.newClaim(scope), JSON.stringify([{}, { name: 'a' }]));

    expect((await post(key)).statusCode).toBe(409);
    await database.db.execute(
      `UPDATE idempotency_key SET claimed_until = now() - interval '1 s' WHERE key = $1`,
      [key],
    );
    expect((await post(key, { name: 'b' })).statusCode).toBe(422);
    expect((await post(key)).statusCode).toBe(201);
  });

  it('takes a claim that ended once, whoever races for it', async () => {
    const key = newKey();
    const scope = { principal: 'ada', route: 'POST /api/v1/things', key };
    await store.claim(store.newClaim(scope), JSON.stringify([{}, { name: 'a' }]));
    await database.db.execute(
      `UPDATE idempotency_key SET claimed_until = now() - interval '1 s' WHERE key = $1`,
      [key],
    );

    const answers = await Promise.all(Array.from({ length: 20 }, () => post(key)));
    expect(work.calls).toBe(1);
    expect(answers.every(({ statusCode }) => statusCode === 201 || statusCode === 409)).toBe(true);
  });

  it('forgets a key after its day', async () => {
    const key = newKey();
    await post(key);
    await database.db.execute(
      `UPDATE idempotency_key SET expires_at = now() - interval '1 s' WHERE key = $1`,
      [key],
    );
    expect((await post(key, { name: 'b' })).json()).toMatchObject({ call: 2 });
  });

  it('gives back a claim whose confirmation was lost', async () => {
    const key = newKey();
    const query = jest.spyOn(database.db, 'query').mockImplementationOnce(async (...args) => {
      query.mockRestore();
      // The row is committed; the answer never arrives.
      await database.db.query(...args);
      throw new DatabaseUnavailableError();
    });
    const lost = await post(key);
    expect([lost.statusCode, work.calls]).toEqual([503, 0]);

    await eventually(async () => {
      expect((await post(key)).statusCode).toBe(201);
    });
    expect(work.calls).toBe(1);
  });

  it('keeps the answer a moment later when the database was away at first', async () => {
    const key = newKey();
    const open = gate();
    const answering = post(key);
    await eventually(() => {
      expect(work.calls).toBe(1);
    });
    const execute = jest.spyOn(database.db, 'execute').mockImplementationOnce(() => {
      execute.mockRestore();
      return Promise.reject(new DatabaseUnavailableError());
    });
    open();

    expect((await answering).statusCode).toBe(201);
    await eventually(async () => {
      expect((await post(key)).headers['idempotency-replayed']).toBe('true');
    });
    expect(work.calls).toBe(1);
  });
});

/** Holds every call of the handler until the answer is called. */
function gate(): () => void {
  let open = (): void => undefined;
  work.gate = new Promise<void>((resolve) => (open = resolve));
  return () => {
    open();
  };
}
