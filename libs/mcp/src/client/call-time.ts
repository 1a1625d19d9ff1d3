import { type TimeLimit, TimeLimits } from '@app/kernel';
import { McpTimeoutError } from '../errors';
import { DeadlineError, withDeadline } from './deadline';
import { type CallOptions } from './session';

/** The time limits of calls to one server, in its own words. */
export class CallTime {
  private readonly limits = new TimeLimits();

  constructor(
    private readonly serverName: string,
    private readonly defaultMs: number,
  ) {}

  /** The work, or what is left of it, in the time that is left of the limit. */
  async within<T>(
    method: string,
    { timeoutMs = this.defaultMs, signal: caller }: CallOptions,
    work: (signal: AbortSignal) => Promise<T>,
    usedMs = 0,
  ): Promise<T> {
    try {
      return await withDeadline(Math.max(1, timeoutMs - usedMs), caller, work);
    } catch (error) {
      throw error instanceof DeadlineError ? this.over(method, timeoutMs) : error;
    }
  }

  /** For what has no promise to wait for. */
  begin(limitMs: number, onOver: () => void): TimeLimit {
    return this.limits.begin(limitMs, onOver);
  }

  over(method: string, timeoutMs: number): McpTimeoutError {
    const words = `"${this.serverName}" did not answer ${method} within ${timeoutMs} ms.`;
    return new McpTimeoutError(words, 'timeout', { serverName: this.serverName });
  }
}
