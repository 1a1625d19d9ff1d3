import { type AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { Scrubber } from '@app/telemetry';
import { freePort } from '@app/testing';
import { type DueDelivery } from '../domain/delivery';
import { NotificationsOptions } from '../notifications.options';
import { MailCarrier } from './mail-carrier';
import { mailTextOf } from './mail-text';

const FROM = 'Quayside <quay@example.com>';
const NASTY = 'nightly\r\nBcc: thief@example.com\r\n\r\n<script>alert("1")</script>';
const BODY = {
  id: 'event-1',
  consoleurl: 'https://quayside.example.com/console/runs/r-1',
  approveurl: 'https://quayside.example.com/api/v1/runs/r-1/stages/2/approve',
  data: {
    run_id: 'r-1',
    pipeline_name: NASTY,
    stage_name: 'release',
    error: { code: 'timeout', message: 'too late' },
  },
};

interface Taken {
  readonly to: readonly string[];
  readonly isSecure: boolean;
  readonly text: string;
}

/** A real mail server on a port of its own. */
class MailServer {
  readonly taken: Taken[] = [];
  private readonly server: SMTPServer;

  constructor(options: SMTPServerOptions = {}) {
    this.server = new SMTPServer({
      disabledCommands: ['AUTH'],
      logger: false,
      onData: (stream, session, done) => {
        const pieces: Buffer[] = [];
        stream.on('data', (piece: Buffer) => pieces.push(piece));
        stream.on('end', () => {
          const to = session.envelope.rcptTo.map(({ address }) => address);
          this.taken.push({ to, isSecure: session.secure, text: Buffer.concat(pieces).toString() });
          done();
        });
      },
      ...options,
    });
    // A client that leaves because of our certificate is what some of these tests are about.
    this.server.on('error', () => undefined);
  }

  async start(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return (this.server.server.address() as AddressInfo).port;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(resolve);
    });
  }
}

const delivery = (address = 'ops@example.com', event = 'pipeline.stage.waiting_approval'): DueDelivery => ({
  ...{ id: 'd-1', leaseGen: 1, workspaceId: 'w', event, runId: 'r-1', targetId: 't', endpointId: null },
  ...{ address, body: JSON.stringify(BODY), attempt: 1, tries: 1 },
});
const carry = (url: string | undefined, ...what: Parameters<typeof delivery>) =>
  new MailCarrier(new NotificationsOptions(url, FROM, 'https://q', 'i'), new Scrubber()).carry(
    delivery(...what),
  );

describe('mail', () => {
  const servers: MailServer[] = [];
  afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop())));

  async function serving(options?: SMTPServerOptions): Promise<{ server: MailServer; port: number }> {
    const server = new MailServer(options);
    servers.push(server);
    return { server, port: await server.start() };
  }

  it('is a text and a page with links, and nothing in it becomes a header', async () => {
    const { server, port } = await serving({ disabledCommands: ['AUTH', 'STARTTLS'] });
    const outcome = await carry(`smtp://127.0.0.1:${String(port)}`);
    expect(outcome).toMatchObject({ kind: 'delivered', request: { method: 'SMTP', to: 'ops@example.com' } });
    const [mail] = server.taken;
    const head = mail?.text.split('\r\n\r\n')[0] ?? '';
    expect(mail?.to).toEqual(['ops@example.com']);
    expect(head).toContain('From: Quayside <quay@example.com>');
    expect(head).toContain('Message-ID: <d-1@example.com>');
    expect(head).toContain('Auto-Submitted: auto-generated');
    expect(head.replaceAll(/\r\n\s+/g, ' ')).not.toMatch(/^Bcc:/im);
    expect(mail?.text).toContain('multipart/alternative');
    expect(mail?.text.split('text/html')[1]).not.toContain('<script>');
  });

  it('says what it is about in words', () => {
    const { subject, text, html } = mailTextOf('pipeline.stage.waiting_approval', BODY);
    expect(subject).not.toMatch(/[\r\n]/);
    expect(subject).toContain('[Quayside] Pipeline nightly Bcc: thief@example.com');
    expect(text).toContain(`To approve, POST: ${BODY.approveurl}`);
    expect(text).toContain('Error: timeout: too late');
    expect(html).toContain(`<a href="${BODY.consoleurl}">`);
    expect(mailTextOf('something.new', { data: {} }).subject).toBe('[Quayside] something.new:');
  });

  it('waits for a server that is down', async () => {
    const outcome = await carry(`smtp://127.0.0.1:${String(await freePort())}`);
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'mail_server_unreachable', isRetryable: true });
  });

  it('signs in where the server wants it, and is tried again when it is refused', async () => {
    const { server, port } = await serving({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, done) => {
        if (username === 'quay' && password === 'right') done(null, { user: username });
        else done(new Error('Invalid username or password'));
      },
    });
    const url = (password: string) => `smtp://quay:${password}@127.0.0.1:${String(port)}`;
    expect(await carry(url('wrong'))).toMatchObject({
      ...{ kind: 'failed', reason: 'mail_sign_in_refused', isRetryable: true, responseStatus: 535 },
    });
    expect(await carry(url('right'))).toMatchObject({ kind: 'delivered' });
    expect(server.taken).toHaveLength(1);
  });

  it('is encrypted where the server offers it, and not handed to whoever has no valid certificate', async () => {
    const { server, port } = await serving();
    const url = `smtp://127.0.0.1:${String(port)}`;
    expect(await carry(url)).toMatchObject({ kind: 'failed', isRetryable: true });
    expect(server.taken).toEqual([]);
    expect(await carry(`${url}?tls.rejectUnauthorized=false`)).toMatchObject({ kind: 'delivered' });
    expect(server.taken.map(({ isSecure }) => isSecure)).toEqual([true]);
  });

  it('is not sent in the clear where TLS is required', async () => {
    const { server, port } = await serving({ disabledCommands: ['AUTH', 'STARTTLS'] });
    const outcome = await carry(`smtp://127.0.0.1:${String(port)}?requireTLS=true`);
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'mail_not_encrypted', isRetryable: true });
    expect(server.taken).toEqual([]);
  });

  it('to somebody whom the server does not know is not tried again', async () => {
    const { port } = await serving({
      disabledCommands: ['AUTH', 'STARTTLS'],
      onRcptTo: ({ address }, _session, done) => {
        const error = Object.assign(new Error('no such mailbox'), {
          responseCode: address.startsWith('busy') ? 451 : 550,
        });
        done(error);
      },
    });
    const url = `smtp://127.0.0.1:${String(port)}`;
    const refused = { kind: 'failed', reason: 'mail_refused' };
    expect(await carry(url)).toMatchObject({ ...refused, isRetryable: false, responseStatus: 550 });
    expect(await carry(url, 'busy@example.com')).toMatchObject({ ...refused, isRetryable: true });
  });

  it('without a server says so', async () => {
    expect(await carry(undefined)).toMatchObject({
      kind: 'failed',
      reason: 'mail_not_configured',
      isRetryable: false,
    });
  });

  it('goes to plain addresses only', async () => {
    const outcome = await carry('smtp://127.0.0.1:1', 'a@b.c\r\nRCPT TO:<thief@example.com>');
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'mail_address_invalid' });
  });
});
