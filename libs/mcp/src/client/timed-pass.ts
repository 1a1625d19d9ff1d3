import { type JsonObject, type TimeLimit } from '@app/kernel';
import { type CallTime } from './call-time';
import { type ChannelRequest, type Passer, type PasserListener } from './channel';
import { type McpPassing, type PassedResult, type PassListener } from './session';

interface Limit {
  readonly method: string;
  readonly timeoutMs: number;
}

/** A call whose result is passed on, with its time limit. */
export class TimedPass implements PasserListener, McpPassing {
  private readonly startedAtMs = performance.now();
  private left: TimeLimit;
  private passing: Pick<McpPassing, 'abort'> | undefined = undefined;
  private questions = 0;
  private isOver = false;

  constructor(
    private readonly listener: PassListener,
    private readonly time: CallTime,
    private readonly limit: Limit,
  ) {
    this.left = this.begin();
  }

  start(passer: Passer, params: JsonObject): this {
    this.passing = passer.pass(this.limit.method, params, this);
    return this;
  }

  abort(reason: Error): void {
    this.end();
    this.passing?.abort(reason);
  }

  async during<T>(question: Promise<T>): Promise<T> {
    this.questions += 1;
    this.left.end();
    try {
      return await question;
    } finally {
      this.questions -= 1;
      if (this.questions === 0 && !this.isOver) this.left = this.begin();
    }
  }

  onResult(result: PassedResult): boolean {
    if (!this.listener.onResult(result)) return false;
    this.end();
    return true;
  }

  onOther(rest: (how: ChannelRequest) => Promise<JsonObject>): void {
    this.end();
    const usedMs = performance.now() - this.startedAtMs;
    const { method } = this.limit;
    this.listener.onOther((options) =>
      this.time.within(method, options, (signal) => rest({ ...options, signal }), usedMs),
    );
  }

  private begin(): TimeLimit {
    return this.time.begin(this.limit.timeoutMs, this.onExpired);
  }

  private readonly onExpired = (): void => {
    this.isOver = true;
    const { method, timeoutMs } = this.limit;
    const error = this.time.over(method, timeoutMs);
    this.passing?.abort(error);
    this.listener.onOther(() => Promise.reject(error));
  };

  private end(): void {
    this.isOver = true;
    this.left.end();
  }
}
