import { QuaysideClient } from './client';
import { QuaysideError } from './errors';
import { type ClientOptions } from './transport';

let shared: { readonly client: QuaysideClient; readonly options: ClientOptions } | undefined;

/**
 * The one client of the process: the first call says where the installation is, every other call gets the same one. Asking for
 * another installation is refused: whoever speaks to two makes clients of their own.
 */
export function sharedClient(options?: ClientOptions): QuaysideClient {
  if (shared === undefined) {
    if (options === undefined) throw new QuaysideError('The first call of sharedClient says url and token.');
    shared = { client: new QuaysideClient(options), options };
  }
  if (options !== undefined && options.url !== shared.options.url)
    throw new QuaysideError(`The shared client speaks to ${shared.options.url} already.`);
  return shared.client;
}

/** For tests, and for processes that change sides. */
export function forgetSharedClient(): void {
  shared = undefined;
}
