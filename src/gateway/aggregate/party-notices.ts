import { Logger } from '@nestjs/common';
import { type JsonObject } from '@app/kernel';
import { messageOf } from '../upstream/failures';
import { type Party } from './party';

const logger = new Logger('Party');

/** A notification for the servers that have a session of this client; the others know nothing of it. */
export function tellServers(party: Party, method: string, params: JsonObject): void {
  for (const { leg } of party.owned()) {
    if (leg.current === undefined) continue;
    leg
      .hold((session) => session.notify(method, params))
      .catch((error: unknown) => {
        logger.debug(`${method} was lost: ${messageOf(error)}`);
      });
  }
}

/** Sessions that are open hear of it now, the others when they begin. A server without levels just goes on. */
export async function tellLogLevel(party: Party, level: string): Promise<void> {
  const told = party.setLogLevel(level).map(async ({ leg }) => {
    if (leg.current === undefined || !('logging' in leg.current.capabilities)) return;
    await leg.use((session) => session.request('logging/setLevel', { level }));
  });
  for (const outcome of await Promise.allSettled(told))
    if (outcome.status === 'rejected') logger.debug(`a log level was lost: ${messageOf(outcome.reason)}`);
}
