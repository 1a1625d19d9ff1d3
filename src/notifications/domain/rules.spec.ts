import { DeliverySchedule } from './delivery-schedule';
import { isMailAddress } from './mail-address';
import { nextStep } from './next-step';
import { isSubscribed, unknownFilters } from './notifiable';
import { type Outcome } from './delivery';

const exact = new DeliverySchedule({}, () => 0.5);
const DELIVERED: Outcome = { kind: 'delivered', request: {} };
const failed: Outcome = {
  ...{ kind: 'failed', reason: 'http_status', detail: 'The receiver answered 500.' },
  ...{ isRetryable: true, blames: 'target', request: {} },
};

describe('the schedule of a message', () => {
  it('waits longer after each failure, and then no more', () => {
    const pausesS = [1, 2, 3, 4, 5, 6].map((tries) => (exact.retryInMs(tries) ?? 0) / 1_000);
    expect(pausesS).toEqual([5, 30, 120, 600, 3_600, 21_600]);
    expect(exact.retryInMs(7)).toBeUndefined();
  });

  it('gives up no message of a receiver that is down for an hour, however soon it tries', () => {
    const hasty = new DeliverySchedule({}, () => 0);
    let downForMs = 0;
    for (let tries = 1; downForMs < 3_600_000; tries += 1) {
      const next = nextStep(failed, tries, hasty);
      expect(next.status).toBe('retrying');
      downForMs += next.status === 'retrying' ? next.inMs : 0;
    }
  });

  it('spreads messages that failed together by a tenth', () => {
    expect(new DeliverySchedule({}, () => 0).retryInMs(1)).toBe(4_500);
    expect(new DeliverySchedule({}, () => 0.999_999).retryInMs(1)).toBe(5_500);
  });

  it('keeps a longer pause that the receiver asks for, of an hour at most', () => {
    expect(exact.retryInMs(1, 60_000)).toBe(60_000);
    expect(exact.retryInMs(1, 1_000)).toBe(5_000);
    expect(exact.retryInMs(1, 86_400_000)).toBe(3_600_000);
  });

  it.each([
    [4, undefined],
    [5, 30_000],
    [6, 60_000],
    [9, 480_000],
    [10, 600_000],
    [1_000, 600_000],
  ])('leaves an address alone after %i failures in a row for %p ms', (failures, forMs) => {
    expect(exact.closedForMs(failures)).toBe(forMs);
  });

  it('leaves an address alone when it asks for it, after its first failure too', () => {
    expect(exact.closedForMs(1, 20_000)).toBe(20_000);
    expect(exact.closedForMs(5, 90_000)).toBe(90_000);
  });
});

describe('after a try a message', () => {
  it.each([
    ['is delivered', DELIVERED, 1, { status: 'delivered' }],
    ['is tried again', failed, 1, { status: 'retrying', inMs: 5_000, reason: 'http_status' }],
    ['is a dead letter at the end', failed, 7, { status: 'failed', reason: 'http_status' }],
    [
      'is a dead letter where nothing would change',
      { ...failed, isRetryable: false },
      1,
      { status: 'failed', reason: 'http_status' },
    ],
  ])('%s', (_, outcome, tries, step) => {
    expect(nextStep(outcome, tries, exact)).toEqual(step);
  });
});

describe('a filter', () => {
  it.each([
    [['*'], 'task.failed', true],
    [['task.failed'], 'task.failed', true],
    [['pipeline.run.*'], 'pipeline.run.failed', true],
    [['pipeline.*'], 'pipeline.run.failed', true],
    [['pipeline.run.*'], 'pipeline.stage.failed', false],
    [['pipeline.run'], 'pipeline.run.failed', false],
    [['pipe*'], 'pipeline.run.failed', false],
    [[], 'task.failed', false],
  ])('%p lets %s pass: %p', (filters, event, passes) => {
    expect(isSubscribed(filters, event)).toBe(passes);
  });

  it('that lets nothing pass is a spelling mistake', () => {
    const filters = ['*', 'pipeline.*', 'pipelines.*', 'task.completed', 'notification.*', '.*', ''];
    expect(unknownFilters(filters)).toEqual(['pipelines.*', 'task.completed', 'notification.*', '.*', '']);
  });
});

describe('a mail address', () => {
  it.each(['admin@example.com', 'first.last+tag@mail.example.co', 'ops@mail', "o'neil@example.com"])(
    'is %s',
    (text) => {
      expect(isMailAddress(text)).toBe(true);
    },
  );

  it.each([
    'admin@example.com, other@example.com',
    'Admin <admin@example.com>',
    'admin@example.com\r\nBcc: other@example.com',
    'admin@example.com\n',
    '"a b"@example.com',
    'admin@(comment)example.com',
    'group:admin@example.com;',
    'admin@exa mple.com',
    'admin@-example.com',
    'admin@',
    '@example.com',
    `${'a'.repeat(250)}@example.com`,
    'admin@example.com ',
  ])('is not %j', (text) => {
    expect(isMailAddress(text)).toBe(false);
  });
});
