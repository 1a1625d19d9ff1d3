import { type ExecutionContext } from '@nestjs/common';
import { type RateLimiter } from '../rates/rate-limiter';
import { RateLimitGuard } from './rate-limit.guard';

const asked = jest.fn();
/** Refuses everything it is asked about. */
const CLOSED = {
  consumeNow: (policy: string) => {
    asked(policy);
    return {
      allowed: false,
      ...{ limit: 0, remaining: 0, resetS: 60, retryAfterS: 60, policy, scope: 'address' },
      headers: ['', ''],
    };
  },
} as unknown as RateLimiter;

const requestOf = (url: string): ExecutionContext =>
  ({
    getType: () => 'http',
    switchToHttp: () => ({
      getRequest: () => ({ method: 'GET', ip: '192.0.2.1', routeOptions: { url } }),
      getResponse: () => ({ headers: () => undefined }),
    }),
  }) as unknown as ExecutionContext;

describe('the limit of requests', () => {
  const guard = new RateLimitGuard(CLOSED);

  it.each(['/health/live', '/health/ready', '/health/startup'])('never refuses the probe %s', async (url) => {
    await expect(guard.canActivate(requestOf(url))).resolves.toBe(true);
    expect(asked).not.toHaveBeenCalled();
  });

  it('counts the full report of health like any other request', async () => {
    await expect(guard.canActivate(requestOf('/health'))).rejects.toMatchObject({ code: 'rate_limited' });
    expect(asked).toHaveBeenCalledWith('anonymous');
  });
});
