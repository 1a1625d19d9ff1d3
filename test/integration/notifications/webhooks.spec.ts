import { Webhook } from 'standardwebhooks';
import { Receiver, silence, status } from './receiver';
import { INSTALLATION, NotificationWorld, PUBLIC_URL } from './world';

const RUNS = { events: ['pipeline.run.*'] };

describe('webhooks', () => {
  let world: NotificationWorld;
  let receiver: Receiver;
  /** Every test has webhooks of its own; others would be told too. */
  const made: string[] = [];

  beforeAll(async () => {
    [world, receiver] = await Promise.all([NotificationWorld.start(), Receiver.start()]);
  }, 180_000);
  afterAll(async () => {
    // First the receiver: a try that waits for an answer is over then.
    await receiver.stop();
    await world.stop();
  });
  afterEach(async () => {
    for (const id of made.splice(0))
      await world.plane.request('DELETE', `/api/v1/webhooks/${id}`, undefined, {
        'if-match': '*',
      });
  });

  const webhook = async (path: string, more = {}): Promise<{ id: string; secret: string }> => {
    const one = await world.webhook(receiver.url(path), more);
    made.push(one.id);
    return one;
  };
  const expectSigned = (path: string, secret: string, at = 0): void => {
    const request = receiver.at(path)[at];
    expect(() => new Webhook(secret).verify(request?.body ?? '', request?.headers ?? {})).not.toThrow();
  };

  it('E14: get a signed event, in the envelope of CloudEvents', async () => {
    const { id, secret } = await webhook('/signed');
    const run = world.run();
    await run.tell('pipeline.run.completed', { status: 'completed' });
    const sent = await world.settled(`run_id=${run.id}`, { status: 'delivered', attempts: 1, reason: null });
    const [request] = receiver.at('/signed');
    if (request === undefined) throw new Error('nothing came');
    expect(new Webhook(secret).verify(request.body, request.headers)).toEqual(sent.body);
    expect(() => new Webhook(`whsec_${'A'.repeat(32)}`).verify(request.body, request.headers)).toThrow(
      'No matching',
    );
    expect(request.headers).toMatchObject({
      'webhook-id': sent.id,
      'content-type': 'application/cloudevents+json; charset=utf-8',
    });
    expect(sent.body).toMatchObject({
      specversion: '1.0',
      source: `/quayside/${INSTALLATION}`,
      type: 'pipeline.run.completed.v1',
      subject: `runs/${run.id}`,
      datacontenttype: 'application/json',
      actor: 'system:test',
      apiurl: `${PUBLIC_URL}/api/v1/runs/${run.id}`,
      data: { run_id: run.id, pipeline_name: 'nightly', status: 'completed' },
    });
    expect(sent.body['sequence']).toMatch(/^\d+$/);
    expect(sent).toMatchObject({
      webhook_id: id,
      tries: [{ number: 1, outcome: 'delivered', response_status: 204 }],
    });
  });

  it('tell of an approval where it can be given', async () => {
    await webhook('/approval');
    const run = world.run();
    await run.tell('pipeline.stage.waiting_approval', { stage: 2, stage_name: 'release' });
    const { body } = await world.settled(`run_id=${run.id}`, { status: 'delivered' });
    expect(body).toMatchObject({
      consoleurl: `${PUBLIC_URL}/console/runs/${run.id}`,
      approveurl: `${PUBLIC_URL}/api/v1/runs/${run.id}/stages/2/approve`,
      rejecturl: `${PUBLIC_URL}/api/v1/runs/${run.id}/stages/2/reject`,
    });
  });

  it('E14: are tried again under the same id, and every try is logged', async () => {
    await webhook('/shaky');
    receiver.script(
      '/shaky',
      status(500, {}, 'x'.repeat(5_000)),
      status(302, { location: receiver.url('/else') }),
    );
    const run = world.run();
    await run.tell('pipeline.run.failed');
    const { tries } = await world.settled(`run_id=${run.id}`, { status: 'delivered', attempts: 3 });
    expect(tries.map((one) => one['response_status'])).toEqual([500, 302, 204]);
    expect(tries[0]?.['response']).toBe('x'.repeat(2_048));
    expect(tries[1]).toMatchObject({ reason: 'http_status', detail: 'The receiver answered 302.' });
    const ids = receiver.at('/shaky').map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(1);
    expect(receiver.at('/else')).toEqual([]);
  });

  it('E14: that never answer well leave dead letters, which can be sent again by hand', async () => {
    await webhook('/dead');
    receiver.from('/dead', status(503));
    const run = world.run();
    await run.tell('pipeline.run.completed');
    const given = { status: 'failed', attempts: 4, next_attempt_at: null };
    const dead = await world.settled(`run_id=${run.id}`, given);
    expect(dead.reason).toBe('http_status');
    receiver.from('/dead', status(200));
    const again = await world.plane.request('POST', `/api/v1/notifications/${dead.id}/redeliver`);
    expect(again.status).toBe(202);
    await world.settled(`run_id=${run.id}`, { id: dead.id, status: 'delivered', attempts: 5 });
    for (const { headers } of receiver.at('/dead')) expect(headers['webhook-id']).toBe(dead.id);
  });

  it('are told of one run in its order, whatever another run waits for', async () => {
    await webhook('/order', RUNS);
    receiver.script('/order', status(500), status(500));
    const [one, other] = [world.run(), world.run()];
    await one.tell('pipeline.run.started', { token: 'one-1' });
    await world.until(() => {
      expect(receiver.tokensAt('/order')).toContain('one-1');
    });
    await one.tell('pipeline.run.completed', { token: 'one-2' });
    await other.tell('pipeline.run.completed', { token: 'other' });
    await world.until(async () => {
      const left = await world.list(`run_id=${one.id}&status=delivered`);
      expect(left).toHaveLength(2);
      expect(receiver.tokensAt('/order')).toContain('other');
    });
    const ofOne = receiver.tokensAt('/order').filter((token) => token !== 'other');
    expect(ofOne.at(-1)).toBe('one-2');
    expect(ofOne.filter((token) => token === 'one-2')).toHaveLength(1);
  });

  it('that hang hold up nobody else', async () => {
    await webhook('/hangs', RUNS);
    await webhook('/quick', RUNS);
    receiver.from('/hangs', silence);
    const runs = Array.from({ length: 20 }, () => world.run());
    for (const run of runs) await run.tell('pipeline.run.completed');
    await world.until(() => {
      expect(receiver.at('/quick')).toHaveLength(20);
    });
    // Two slots and no more, however many messages wait.
    expect(receiver.at('/hangs').length).toBeLessThanOrEqual(2);
  });

  it('have two secrets for a while when theirs is renewed', async () => {
    const { id, secret } = await webhook('/rotated');
    const renewed = await world.plane.request<{ secret: string; previous_valid_until: string }>(
      'POST',
      `/api/v1/webhooks/${id}/rotate-secret`,
    );
    expect(Date.parse(renewed.body.previous_valid_until)).toBeGreaterThan(Date.now());
    const run = world.run();
    await run.tell('pipeline.run.completed');
    await world.settled(`run_id=${run.id}`, { status: 'delivered' });
    for (const each of [secret, renewed.body.secret]) expectSigned('/rotated', each);
  });

  it('of a run are told how it ends, signed for the workspace once it has a secret', async () => {
    const first = world.run();
    await world.wish(first.id, { webhook: receiver.url('/own') });
    await first.tell('pipeline.run.completed');
    await world.settled(`run_id=${first.id}`, { status: 'delivered', webhook_id: null });
    expect(receiver.at('/own')[0]?.headers).not.toHaveProperty('webhook-signature');
    const { body } = await world.plane.request<{ secret: string }>(
      'POST',
      '/api/v1/notifications/run-secret',
    );
    const second = world.run();
    await world.wish(second.id, { webhook: receiver.url('/own') });
    await second.tell('pipeline.run.started');
    await second.tell('pipeline.run.completed');
    await world.settled(`run_id=${second.id}`, { status: 'delivered', event: 'pipeline.run.completed' });
    expectSigned('/own', body.secret, 1);
  });

  it('of a run that are webhooks of the workspace too are told once, with the secret they know', async () => {
    const { id, secret } = await webhook('/both');
    const run = world.run();
    await world.wish(run.id, { webhook: receiver.url('/both') });
    await run.tell('pipeline.run.completed');
    await world.settled(`run_id=${run.id}`, { status: 'delivered', webhook_id: id });
    expect(receiver.at('/both')).toHaveLength(1);
    expectSigned('/both', secret);
  });

  it('inside the network are not reached, and not tried again', async () => {
    const run = world.run();
    await world.wish(run.id, { webhook: 'http://169.254.169.254/latest/meta-data' });
    await run.tell('pipeline.run.completed');
    await world.settled(`run_id=${run.id}`, { status: 'failed', attempts: 1, reason: 'egress_refused' });
  });

  it('that failed for three days are switched off, and others are told of it', async () => {
    const { id } = await webhook('/off', RUNS);
    await webhook('/watch', { events: ['webhook.*'] });
    await world.plane.db.execute(
      `UPDATE notification_target SET failures = 1, failing_since = now() - interval '73 hours' WHERE id = $1`,
      [id],
    );
    receiver.from('/off', status(500));
    const run = world.run();
    await run.tell('pipeline.run.completed');
    await world.settled(`run_id=${run.id}`, { status: 'failed', reason: 'webhook_disabled', attempts: 1 });
    await world.until(() => {
      expect(receiver.at('/watch').map(({ body }) => JSON.parse(body) as unknown)).toEqual([
        expect.objectContaining({
          type: 'webhook.endpoint.disabled.v1',
          data: { webhook_id: id, url: receiver.url('/off'), reason: 'failing', dropped: 1 },
        }),
      ]);
    });
    const { body } = await world.plane.request('GET', `/api/v1/webhooks/${id}`);
    expect(body).toMatchObject({ enabled: false, disabled_reason: 'failing' });
  });

  it('that say they are gone are switched off at once', async () => {
    const { id } = await webhook('/gone');
    receiver.from('/gone', status(410));
    const run = world.run();
    await run.tell('pipeline.run.completed');
    const { id: sent } = await world.settled(`run_id=${run.id}`, { status: 'failed', attempts: 1 });
    const { body } = await world.plane.request('GET', `/api/v1/webhooks/${id}`);
    expect(body).toMatchObject({ enabled: false, disabled_reason: 'gone' });
    const again = await world.plane.request('POST', `/api/v1/notifications/${sent}/redeliver`);
    expect([again.status, again.body['code']]).toEqual([409, 'notification_target_gone']);
  });

  it('are sent what a worker that died had taken, under the same id', async () => {
    await webhook('/again', RUNS);
    const run = world.run();
    await run.tell('pipeline.run.completed');
    const { id } = await world.settled(`run_id=${run.id}`, { status: 'delivered' });
    // As the worker left it that was killed between the answer and the note of it.
    await world.plane.db.execute(
      `UPDATE notification_delivery SET status = 'pending', next_attempt_at = now(), settled_at = NULL, attempt = 0, tries = 0,
              lease_gen = lease_gen + 1, lease_until = now() + interval '1 second' WHERE id = $1`,
      [id],
    );
    await world.until(() => {
      expect(receiver.at('/again').map(({ headers }) => headers['webhook-id'])).toEqual([id, id]);
    });
  });

  it('that were left alone are tried with one message, whichever of many workers takes it', async () => {
    const { id } = await webhook('/shut', RUNS);
    receiver.from('/shut', silence);
    await world.leaveAlone(id, '1 hour');
    for (let at = 0; at < 4; at += 1) await world.run().tell('pipeline.run.completed');
    const become = (...held: readonly boolean[]) =>
      world.until(async () => {
        expect(await world.underWay(id)).toEqual(held);
      });
    await become(false, false, false, false);
    await world.leaveAlone(id, '0');
    for (let round = 0; round < 2; round += 1) await world.claimByOthers(8);
    await become(false, false, false, true);
  });

  it('keep their secrets to the store', async () => {
    const { id, secret } = await webhook('/canary');
    receiver.script('/canary', (request, response) => {
      response.writeHead(500).end(`you know ${secret} ${request.body}`);
    });
    const run = world.run();
    await run.tell('pipeline.run.completed');
    const sent = await world.settled(`run_id=${run.id}`, { status: 'delivered' });
    const shown = [sent, (await world.plane.request('GET', `/api/v1/webhooks/${id}`)).body];
    const key = secret.replace('whsec_', '');
    for (const table of [
      ...['notification_delivery', 'notification_attempt', 'domain_event'],
      ...['audit', 'webhook_endpoint'],
    ]) {
      const [row] = await world.plane.db.query<{ text: string }>(
        `SELECT coalesce(string_agg(t::text, ' '), '') AS text FROM ${table} t`,
      );
      expect([table, row?.text.includes(key)]).toEqual([table, false]);
    }
    expect(JSON.stringify(shown)).not.toContain(key);
    expect(JSON.stringify(sent.tries)).toContain('you know [redacted');
  });

  it('and what was sent to them are not there for another workspace', async () => {
    const { id } = await webhook('/ours');
    const run = world.run();
    await run.tell('pipeline.run.completed');
    const sent = await world.settled(`run_id=${run.id}`, { status: 'delivered' });
    const other = { authorization: 'Bearer admin@other' };
    const asked = (method: 'GET' | 'POST', path: string) =>
      world.plane.request(method, `/api/v1/notifications${path}`, undefined, other);
    expect((await asked('GET', '')).body).toEqual({ notifications: [], next_cursor: null });
    expect((await asked('GET', '/webhooks')).body).toEqual({ webhooks: [] });
    for (const [method, path] of [
      ['GET', `/${sent.id}`],
      ['POST', `/${sent.id}/redeliver`],
      ['GET', `/webhooks/${id}`],
      ['POST', `/webhooks/${id}/rotate-secret`],
    ] as const)
      expect([path, (await asked(method, path)).status]).toEqual([path, 404]);
  });

  it('are listed page by page, the newest first', async () => {
    const { id } = await webhook('/pages', RUNS);
    for (let count = 0; count < 5; count += 1) await world.run().tell('pipeline.run.completed');
    await world.until(async () => {
      expect(await world.list(`webhook_id=${id}&status=delivered`)).toHaveLength(5);
    });
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: { body: { notifications: { id: string }[]; next_cursor: string | null } } =
        await world.plane.request(
          'GET',
          `/api/v1/notifications?webhook_id=${id}&limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`,
        );
      seen.push(...page.body.notifications.map((one) => one.id));
      cursor = page.body.next_cursor;
    }
    expect(new Set(seen).size).toBe(5);
    expect(seen).toEqual((await world.list(`webhook_id=${id}`)).map((one) => one.id));
  });
});
