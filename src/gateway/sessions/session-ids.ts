import { Injectable } from '@nestjs/common';
import { type JsonObject } from '@app/kernel';
import { Keyring } from '@app/security';

/** Whose session it is, and where: with another of either, the id does not exist. */
export interface SessionBinding {
  readonly principalId: string;
  /** Tells the faces apart, and who serves them. */
  readonly route: string;
}

const PURPOSE = 'mcp-session';
/** Longer ones are not ours: upstreams may name their sessions with 512 characters, and ours hold that name. */
const ID_CHARACTERS_MAX = 1_536;
/** Opened ids are kept, because a client shows its own with each request. The oldest goes first. */
const OPENED_MAX = 10_000;

interface Opened {
  readonly payload: JsonObject;
  readonly principalId: string;
  readonly route: string;
}

/**
 * Session ids of the older era. An id holds what there is to know of its session, sealed for one caller on one route, so
 * that any replica can go on with it and nobody else can.
 */
@Injectable()
export class SessionIds {
  private readonly opened = new Map<string, Opened>();

  constructor(private readonly keyring: Keyring) {}

  seal(payload: JsonObject, binding: SessionBinding): string {
    const id = this.keyring.seal(PURPOSE, JSON.stringify(payload), aadOf(binding));
    this.remember(id, { payload, ...binding });
    return id;
  }

  /** undefined for whatever was not sealed for this caller on this route. */
  open(id: string, binding: SessionBinding): JsonObject | undefined {
    const known = this.opened.get(id);
    if (known !== undefined) {
      const isTheirs = known.principalId === binding.principalId && known.route === binding.route;
      return isTheirs ? known.payload : undefined;
    }
    if (id.length > ID_CHARACTERS_MAX) return undefined;
    const text = this.keyring.open(PURPOSE, id, aadOf(binding));
    if (text === undefined) return undefined;
    // Nobody but us can have written it.
    const payload = JSON.parse(text) as JsonObject;
    this.remember(id, { payload, ...binding });
    return payload;
  }

  /** Of a session that ended. Its id stays sealed: whoever ended it has to remember that. */
  forget(id: string): void {
    this.opened.delete(id);
  }

  private remember(id: string, { payload, principalId, route }: Opened): void {
    this.opened.set(id, { payload, principalId, route });
    if (this.opened.size <= OPENED_MAX) return;
    const oldest = this.opened.keys().next().value;
    if (oldest !== undefined) this.opened.delete(oldest);
  }
}

const aadOf = ({ principalId, route }: SessionBinding): string => JSON.stringify([principalId, route]);
