import { type Logger } from './logger';
import { requestContext, type RequestScope } from './request-context';

/**
 * A line of level debug for each request, under its own trace, as `tracer` tells its spans: without any value that a caller
 * wrote into a query or an argument. Whoever ends a request asks `isOn` first: off, that is all it costs.
 */
class AccessLog {
  private logger: Logger | undefined;

  open(logger: Logger): void {
    this.logger = logger.child({ context: 'Access' });
  }

  close(): void {
    this.logger = undefined;
  }

  get isOn(): boolean {
    return this.logger?.isDebug ?? false;
  }

  tell(scope: RequestScope, members: object, message: string): void {
    requestContext.run(scope, () => this.logger?.debug(members, message));
  }
}

export const accessLog = new AccessLog();
