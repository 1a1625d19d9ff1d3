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
/** Opened ids are kept, because a client shows its own with each request. The oldest go first. */
const OPENED_MAX = 10_000;
/** and many at once, because whoever looks for the oldest passes all the places that became empty before it. */
const FORGOTTEN_AT_ONCE = 500;

interface Opened {
  readonly payload: JsonObject;
  readonly principalId: string;
  readonly route: string;
  /** What its reader made of the payload, once it was read. */
  reading: object | undefined;
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
    this.remember(id, payload, binding);
    return id;
  }

  /** undefined for whatever was not sealed for this caller on this route. */
  open(id: string, binding: SessionBinding): JsonObject | undefined {
    return this.find(id, binding)?.payload;
  }

  /** What the payload means to those on this route: read when it is wanted first, and kept as long as the id is. */
  read<Reading extends object>(
    id: string,
    binding: SessionBinding,
    readPayload: (payload: JsonObject) => Reading | undefined,
  ): Reading | undefined {
    const opened = this.find(id, binding);
    if (opened === undefined) return undefined;
    opened.reading ??= readPayload(opened.payload);
    // Ids of one route have one reader.
    return opened.reading as Reading | undefined;
  }

  /** Of a session that ended. Its id stays sealed: whoever ended it has to remember that. */
  forget(id: string): void {
    this.opened.delete(id);
  }

  private find(id: string, binding: SessionBinding): Opened | undefined {
    const known = this.opened.get(id);
    if (known !== undefined) {
      const isTheirs = known.principalId === binding.principalId && known.route === binding.route;
      return isTheirs ? known : undefined;
    }
    if (id.length > ID_CHARACTERS_MAX) return undefined;
    const text = this.keyring.open(PURPOSE, id, aadOf(binding));
    // Nobody but us can have written it.
    return text === undefined ? undefined : this.remember(id, JSON.parse(text) as JsonObject, binding);
  }

  private remember(id: string, payload: JsonObject, { principalId, route }: SessionBinding): Opened {
    const opened: Opened = { payload, principalId, route, reading: undefined };
    this.opened.set(id, opened);
    if (this.opened.size > OPENED_MAX) this.forgetOldest();
    return opened;
  }

  private forgetOldest(): void {
    let left = FORGOTTEN_AT_ONCE;
    for (const id of this.opened.keys()) {
      this.opened.delete(id);
      left -= 1;
      if (left === 0) return;
    }
  }
}

const aadOf = ({ principalId, route }: SessionBinding): string => JSON.stringify([principalId, route]);
