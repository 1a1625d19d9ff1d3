import { createHmac } from 'node:crypto';
import { ApiError } from './api-client';
import { insist, waitMs } from './patience';
import { isGenuine } from './signature';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const NOW_S = 1_800_000_000;

function signed(body: string, timestamp = String(NOW_S)) {
  const digest = createHmac('sha256', Buffer.alloc(32, 7)).update(`m1.${timestamp}.${body}`).digest('base64');
  return { id: 'm1', timestamp, signature: `v1,${digest}`, body };
}

describe('a pushed message', () => {
  it('is believed when it was signed with the secret, now', () => {
    expect(isGenuine(signed('{}'), SECRET, NOW_S)).toBe(true);
    const beside = { ...signed('{}'), signature: `v1,AAAA ${signed('{}').signature}` };
    expect(isGenuine(beside, SECRET, NOW_S)).toBe(true);
  });

  it.each([
    ['another body', { ...signed('{}'), body: '{"a":1}' }],
    ['no signature', { ...signed('{}'), signature: undefined }],
    ['another version', { ...signed('{}'), signature: signed('{}').signature.replace('v1', 'v2') }],
    ['a recording', signed('{}', String(NOW_S - 3_600))],
    ['no time', signed('{}', 'now')],
  ])('is not believed with %s', (_what, message) => {
    expect(isGenuine(message, SECRET, NOW_S)).toBe(false);
  });
});

describe('patience', () => {
  it('grows to half a minute and no further, and waits as long as it is asked to', () => {
    expect([0, 1, 2, 20].map((failures) => waitMs(failures, 1))).toEqual([500, 1_000, 2_000, 30_000]);
    expect(waitMs(0, 0.5)).toBe(250);
    expect(waitMs(0, 0, 7)).toBe(7_000);
  });

  it('ends with what is never going to be taken', async () => {
    const refused = new ApiError(409, 'lease_lost', 'It is not yours.');
    const { signal } = new AbortController();
    let tries = 0;
    const work = (): Promise<never> => {
      tries += 1;
      return Promise.reject(tries === 1 ? new TypeError('fetch failed') : refused);
    };
    const told: unknown[] = [];
    await expect(insist(work, { signal, onTrouble: (error) => told.push(error) })).rejects.toBe(refused);
    expect([tries, told.length]).toEqual([2, 1]);
  });
});
