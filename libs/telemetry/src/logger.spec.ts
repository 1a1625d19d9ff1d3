import { createLogger, NestLogger, requestContext, Scrubber, systemScope, type LoggerOptions } from './index';

function recorder(options: Partial<LoggerOptions> = {}) {
  const lines: string[] = [];
  const logger = createLogger({
    level: 'debug',
    role: 'worker',
    destination: { write: (line) => void lines.push(line) },
    ...options,
  });
  return { logger, lines, records: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe('createLogger', () => {
  it('writes one JSON object per line with the documented members', () => {
    const { logger, records } = recorder();
    const scope = systemScope('sweep');
    requestContext.run(scope, () => {
      logger.child({ context: 'Sweep' }).info({ instance: 'i-1' }, 'looked');
    });

    expect(records()).toEqual([
      {
        time: expect.stringMatching(/^\d{4}-.*Z$/) as unknown,
        level: 'info',
        msg: 'looked',
        role: 'worker',
        context: 'Sweep',
        instance: 'i-1',
        trace_id: scope.traceId,
        request_id: scope.requestId,
        actor: 'system:sweep',
      },
    ]);
  });

  it('shows an error with its code, message, stack and cause', () => {
    const { logger, records } = recorder();
    const cause = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
    logger.error({ err: new Error('no answer', { cause }) }, 'gave up');

    expect(records()[0]).toMatchObject({
      err: {
        message: 'no answer',
        stack: expect.stringContaining('logger.spec') as unknown,
        cause: { code: 'ECONNRESET' },
      },
    });
  });

  it('hides members by their key and values wherever they stand', () => {
    const scrubber = new Scrubber();
    scrubber.learn('live-value-1');
    const { logger, lines } = recorder({ scrubber });
    logger.warn(
      {
        password: 'p',
        headers: { Authorization: 'Bearer x', 'X-Api-Key': 'y' },
        note: 'is live-value-1',
        tokens: 3,
      },
      'uses live-value-1',
    );
    logger.error({ err: new Error('live-value-1 refused') }, 'failed');

    expect(lines.join('')).not.toContain('live-value-1');
    expect(JSON.parse(lines[0]!)).toMatchObject({
      password: '[redacted]',
      headers: { Authorization: '[redacted]', 'X-Api-Key': '[redacted]' },
      tokens: 3,
    });
  });

  it('never lets a value begin a line of its own', () => {
    const plain = recorder();
    plain.logger.info({ name: 'a\r\nb' }, 'one\n{"level":"error"}');
    expect(plain.lines.join('').trimEnd().split('\n')).toHaveLength(1);

    const pretty = recorder({ pretty: true });
    pretty.logger.info({ name: 'a\r\nb' }, 'one\ntwo\u001b[2J');
    expect(pretty.lines.join('').trimEnd().split('\n')).toHaveLength(1);
    expect(pretty.lines.join('')).toContain('one\\x0atwo\\x1b[2J');
  });

  it('cuts long strings and survives what cannot be written', () => {
    const { logger, lines } = recorder();
    const circular: Record<string, unknown> = { big: 10n };
    circular['self'] = circular;
    logger.info({ long: 'x'.repeat(100_000), circular }, '100 %s %d done');

    expect(lines[0]!.length).toBeLessThan(4096);
    expect(JSON.parse(lines[0]!)).toMatchObject({ msg: '100 %s %d done' });
  });

  it('changes its level while it runs, for children too', () => {
    const { logger, records } = recorder({ level: 'INFO' });
    const child = logger.child({ context: 'Child' });
    child.debug('unseen');
    logger.setLevel('debug');
    child.debug('seen');

    expect(records().map(({ msg }) => msg)).toEqual(['seen']);
    expect(() => {
      logger.setLevel('loud');
    }).toThrow(/unknown log level "loud"/);
  });
});

describe('NestLogger', () => {
  it('takes the last string as the context and keeps the stack', () => {
    const { logger, records } = recorder();
    new NestLogger(logger).error('broken', 'Error: broken\n    at x', 'Relay');

    expect(records()[0]).toMatchObject({
      level: 'error',
      msg: 'broken',
      context: 'Relay',
      err: { stack: 'Error: broken\n    at x' },
    });
  });

  it('keeps the chatter of the framework below info', () => {
    const { logger, records } = recorder({ level: 'info' });
    const nest = new NestLogger(logger);
    nest.log('Mapped {/x, GET} route', 'RouterExplorer');
    nest.log('ready', 'Main');
    nest.warn(new Error('thrown'), 'Main');

    expect(records().map(({ msg }) => msg)).toEqual(['ready', 'thrown']);
  });
});
