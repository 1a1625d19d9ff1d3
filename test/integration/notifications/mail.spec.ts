import { type AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { freePort } from '@app/testing';
import { NotificationWorld } from './world';

/** A real mail server that keeps what it is handed. */
async function mailServer(port: number, taken: string[]): Promise<SMTPServer> {
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData: (stream, _session, done) => {
      const pieces: Buffer[] = [];
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('end', () => {
        taken.push(Buffer.concat(pieces).toString());
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  expect((server.server.address() as AddressInfo).port).toBe(port);
  return server;
}

describe('mail about what happened', () => {
  it('waits for a mail server that is down, and arrives when it is back', async () => {
    const port = await freePort();
    const times = { retryDelaysMs: Array.from({ length: 200 }, () => 100), closeAfterFailures: 1_000 };
    const world = await NotificationWorld.start({ smtpUrl: `smtp://127.0.0.1:${String(port)}`, times });
    const taken: string[] = [];
    let server: SMTPServer | undefined;
    try {
      const added = await world.plane.request('POST', '/api/v1/mail-recipients', {
        address: 'ops@example.com',
        events: ['pipeline.run.failed'],
      });
      expect(added.status).toBe(201);
      const run = world.run();
      await world.wish(run.id, { email: 'ada@example.com' });
      await run.tell('pipeline.run.failed', { error: { code: 'timeout', message: 'too late' } });
      await world.until(async () => {
        const waiting = await world.list(`run_id=${run.id}&status=retrying`);
        expect(waiting.map(({ target }) => target).sort()).toEqual(['ada@example.com', 'ops@example.com']);
        expect(new Set(waiting.map(({ reason }) => reason))).toEqual(new Set(['mail_server_unreachable']));
      });
      server = await mailServer(port, taken);
      await world.until(async () => {
        expect(await world.list(`run_id=${run.id}&status=delivered`)).toHaveLength(2);
      });
      expect(taken).toHaveLength(2);
      expect(taken.join()).toContain('Subject: [Quayside] Pipeline nightly has failed');
    } finally {
      await world.stop();
      await new Promise<void>((resolve) => {
        if (server === undefined) resolve();
        else server.close(resolve);
      });
    }
  }, 180_000);

  it('is not sent without a mail server, and says so', async () => {
    const world = await NotificationWorld.start();
    try {
      const run = world.run();
      await world.wish(run.id, { email: 'ada@example.com' });
      await run.tell('pipeline.run.completed');
      await world.settled(`run_id=${run.id}`, {
        status: 'failed',
        reason: 'mail_not_configured',
        attempts: 1,
      });
      const twice = { address: 'ops@example.com' };
      const codes: unknown[] = [];
      for (const body of [twice, twice, { address: 'Ops <ops@example.com>' }])
        codes.push((await world.plane.request('POST', '/api/v1/mail-recipients', body)).body['code']);
      expect(codes).toEqual([undefined, 'mail_recipient_exists', 'subscription_invalid']);
    } finally {
      await world.stop();
    }
  }, 180_000);
});
