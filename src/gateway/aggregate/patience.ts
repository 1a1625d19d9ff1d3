import { type JsonObject } from '@app/kernel';
import { McpTimeoutError, type RpcNotification } from '@app/mcp';

/** The end of every call, however much progress it reports. */
export const CALL_MAX_MS = 15 * 60_000;

/** The time limit of a call that may be longer than usual: progress begins it anew, and while a person thinks it stands still. */
export class Patience {
  private readonly stop = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private questions = 0;

  constructor(
    private readonly limitMs: number,
    private readonly serverName: string,
  ) {
    this.begin();
  }

  get signal(): AbortSignal {
    return this.stop.signal;
  }

  heard({ method }: RpcNotification): void {
    if (method === 'notifications/progress' && this.questions === 0) this.begin();
  }

  async during(question: Promise<JsonObject>): Promise<JsonObject> {
    this.questions += 1;
    clearTimeout(this.timer);
    try {
      return await question;
    } finally {
      this.questions -= 1;
      if (this.questions === 0) this.begin();
    }
  }

  end(): void {
    clearTimeout(this.timer);
    // What is asked after the end must not start a timer for nobody.
    this.questions += 1;
  }

  private begin(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const words = `"${this.serverName}" did not answer within ${this.limitMs} ms.`;
      this.stop.abort(new McpTimeoutError(words, 'timeout', { serverName: this.serverName }));
    }, this.limitMs);
  }
}
