import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { createLogger, ErrorReports, InvalidDsnError, Scrubber } from '.';

interface Told {
  readonly url: string | undefined;
  readonly auth: string | undefined;
  readonly event: Readonly<Record<string, unknown>>;
}

describe('reports of errors', () => {
  let server: Server;
  let told: Told[];
  let dsn: string;

  beforeEach(async () => {
    told = [];
    server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      request.once('end', () => {
        const event = JSON.parse(body.split('\n')[2] ?? '{}') as Told['event'];
        told.push({ url: request.url, auth: String(request.headers['x-sentry-auth']), event });
        response.end('{}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    dsn = `http://publickey@127.0.0.1:${String((server.address() as AddressInfo).port)}/42`;
  });
  afterEach(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  );

  const reportsTo = (address: string): ErrorReports =>
    new ErrorReports({ dsn: address, release: '1.2.3', environment: 'test' });

  it('tell of errors only, as an envelope, without what is secret', async () => {
    const reports = reportsTo(dsn);
    const scrubber = new Scrubber();
    scrubber.learn('the-secret-value');
    const logger = createLogger({
      ...{ level: 'info', role: 'worker', scrubber, destination: { write: () => undefined } },
      onError: (line) => {
        reports.tell(line);
      },
    });
    logger.warn({ err: new Error('expected') }, 'not told');
    logger.error('a sentence alone is an operator’s matter');
    logger
      .child({ context: 'Relay' })
      .error({ err: new TypeError('broken by the-secret-value') }, 'look failed');
    await reports.settle();
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({
      url: '/api/42/envelope/',
      auth: expect.stringContaining('sentry_key=publickey') as string,
      event: {
        ...{ level: 'error', message: 'look failed', release: '1.2.3', environment: 'test' },
        tags: { role: 'worker' },
        exception: { values: [{ type: 'TypeError' }] },
      },
    });
    expect(JSON.stringify(told)).not.toContain('the-secret-value');
    expect(JSON.stringify(told[0]?.event['exception'])).toContain('error-reports.spec.ts');
  });

  it('are bounded, and silent where nobody answers', async () => {
    const reports = reportsTo(dsn);
    for (let count = 0; count < 100; count += 1) reports.tell({ message: 'again', role: 'api', members: {} });
    await reports.settle();
    expect(told).toHaveLength(30);
    const nowhere = reportsTo('http://key@127.0.0.1:1/1');
    nowhere.tell({ message: 'lost', role: 'api', members: {} });
    await expect(nowhere.settle()).resolves.toBeUndefined();
  });

  it.each(['nonsense', 'ftp://key@host/1', 'https://host/1', 'https://key@host/'])(
    'do not begin with %s',
    (text) => {
      expect(() => reportsTo(text)).toThrow(InvalidDsnError);
    },
  );
});
