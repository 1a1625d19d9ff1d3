import { isQueueConnectionFault, QueueUnavailableError } from './index';
import { asQueueError, QueueTimeoutError } from './queue-errors';

const withCode = (message: string, code: string): Error => Object.assign(new Error(message), { code });

describe('isQueueConnectionFault', () => {
  it.each([
    ['a refused connection', withCode('', 'ECONNREFUSED')],
    ['a reset one', withCode('read ECONNRESET', 'ECONNRESET')],
    [
      'a producer without a connection',
      new Error("Stream isn't writeable and enableOfflineQueue options is false"),
    ],
    ['a closed client', new Error('Connection is closed.')],
    ['a lost PostgreSQL session', new Error('Connection terminated unexpectedly')],
    ['a stopping PostgreSQL', withCode('terminating connection due to administrator command', '57P01')],
    ['a starting PostgreSQL', withCode('the database system is starting up', '57P03')],
    ['a Redis that loads its data', new Error('LOADING Redis is loading the dataset in memory')],
    ['silence', new QueueTimeoutError('add', 2_000)],
  ])('knows %s', (_what, error) => {
    expect(isQueueConnectionFault(error)).toBe(true);
    expect(asQueueError(error)).toBeInstanceOf(QueueUnavailableError);
  });

  it.each([
    ['a missing schema', withCode('relation "bullmq.job" does not exist', '42P01')],
    ['a wrong password', new Error('WRONGPASS invalid username-password pair')],
    ['a full memory', new Error("OOM command not allowed when used memory > 'maxmemory'")],
    ['a bug', new TypeError('x is not a function')],
    ['no error at all', 'text'],
  ])('does not call %s an outage', (_what, error) => {
    expect(isQueueConnectionFault(error)).toBe(false);
    expect(asQueueError(error)).toBe(error);
  });

  it('shows callers no words of the driver', () => {
    const error = new QueueUnavailableError(new Error('connect ECONNREFUSED 10.0.0.1:6379'));
    expect(error.message).not.toContain('10.0.0.1');
    expect(error).toMatchObject({ code: 'queue_unavailable', kind: 'unavailable', retryAfterS: 2 });
  });
});
