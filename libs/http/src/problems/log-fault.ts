import { Logger } from '@nestjs/common';
import { DomainError } from '@app/kernel';
import { clientFault, statusOf } from './problem-of';

const SERVER_FAULT = 500;
const logger = new Logger('ProblemDetailsFilter');

/** What the caller did wrong is the caller's to read; the rest is ours. */
export function logFault(error: unknown): void {
  if (error instanceof DomainError) {
    if (statusOf(error) >= SERVER_FAULT)
      logger.warn({ code: error.code, msg: error.message, cause: error.cause });
  } else if (clientFault(error) === undefined) {
    logger.error(error);
  }
}
