import { isNativeError } from 'node:util/types';

import { type Logger } from '@nestjs/common';

/** A lost connection raises an error per try; people want to read of the loss and of the return, once each. */
export class FaultLog {
  #since: number | undefined;

  constructor(
    private readonly logger: Pick<Logger, 'warn' | 'log'>,
    private readonly subject: string,
  ) {}

  failed(error: unknown): void {
    if (this.#since !== undefined) return;
    this.#since = performance.now();
    this.logger.warn(`${this.subject}: ${describeError(error)}`);
  }

  recovered(): void {
    if (this.#since === undefined) return;
    const seconds = Math.round((performance.now() - this.#since) / 1000);
    this.#since = undefined;
    this.logger.log(`${this.subject}: works again after ${String(seconds)} s`);
  }
}

/** An `AggregateError` of the network has no message of its own, only a code. */
export function describeError(error: unknown): string {
  if (!isNativeError(error)) return String(error);
  if (error.message !== '') return error.message;
  return 'code' in error ? String(error.code) : error.name;
}
