import { EgressPolicy } from '@app/security';
import { SubscriptionInvalidError } from '../domain/notification.errors';
import { assertRecipient, assertWebhook } from './subscription-rules';

const POLICY = new EgressPolicy();
const EVENTS = ['pipeline.run.*'];

function faultsOf(check: () => void): readonly (string | undefined)[] {
  try {
    check();
    return [];
  } catch (error) {
    if (!(error instanceof SubscriptionInvalidError)) throw error;
    return (error.errors ?? []).map(({ pointer }) => pointer);
  }
}

describe('who can be told', () => {
  it.each([
    ['https://hooks.example.com/quayside?key=1', EVENTS, []],
    ['ftp://hooks.example.com/', EVENTS, ['/url']],
    ['wss://hooks.example.com/', EVENTS, ['/url']],
    ['http://10.0.0.7/hook', EVENTS, ['/url']],
    ['http://169.254.169.254/latest', EVENTS, ['/url']],
    ['https://user:word@hooks.example.com/', EVENTS, ['/url']],
    ['hooks.example.com', ['task.failed', 'pipeline.runs.completed'], ['/url', '/events/1']],
  ])('is not every address: %s of %p', (url, events, faults) => {
    expect(
      faultsOf(() => {
        assertWebhook({ url, events }, POLICY);
      }),
    ).toEqual(faults);
  });

  it('is whoever has a plain mail address', () => {
    expect(
      faultsOf(() => {
        assertRecipient({ address: 'ops@example.com', events: EVENTS });
      }),
    ).toEqual([]);
    expect(
      faultsOf(() => {
        assertRecipient({ address: 'Ops <ops@example.com>', events: ['nothing'] });
      }),
    ).toEqual(['/address', '/events/0']);
  });
});
