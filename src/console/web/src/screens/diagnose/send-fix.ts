import { rest } from '~/api/client';
import { type FixRequest } from './diagnosis';

type Send = (
  method: string,
  path: string,
  init: { readonly body?: Record<string, unknown> },
) => Promise<{ readonly error?: unknown }>;

/** The server says which of its own operations mends it, so that no type can know the path beforehand. */
const send = rest.request as unknown as Send;

const OWN = '/api/v1/';

/** Throws what was refused. */
export async function sendFix({ method, path }: FixRequest, body: FixRequest['body']): Promise<void> {
  if (!path.startsWith(OWN)) throw new Error(`${path} is no operation of this server.`);
  const { error } = await send(method.toLowerCase(), path, body === null ? {} : { body });
  if (error !== undefined) throw error as Error;
}
