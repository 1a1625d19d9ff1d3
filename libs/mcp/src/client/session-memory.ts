import { type JsonObject } from '@app/kernel';

/** More subscriptions than this are not repeated in a new session; no honest client has so many. */
const MAX_URIS = 1_000;

/** What a server of the older era knows of us by its session, so that a new session can be told again. */
export class SessionMemory {
  private logLevel: JsonObject | undefined;
  private readonly uris = new Set<string>();

  note(method: string, params: JsonObject): void {
    if (method === 'logging/setLevel') this.logLevel = params;
    const { uri } = params;
    if (typeof uri !== 'string') return;
    if (method === 'resources/subscribe' && this.uris.size < MAX_URIS) this.uris.add(uri);
    if (method === 'resources/unsubscribe') this.uris.delete(uri);
  }

  /** The requests that say it all again. */
  *replay(): Generator<readonly [method: string, params: JsonObject]> {
    if (this.logLevel !== undefined) yield ['logging/setLevel', this.logLevel];
    for (const uri of this.uris) yield ['resources/subscribe', { uri }];
  }
}
