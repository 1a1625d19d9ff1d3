import { createHash } from 'node:crypto';
import { type JsonObject, type JsonValue } from '@app/kernel';
import { isObject } from '@app/mcp';
import { type Keyring } from '@app/security';

const HELD_PURPOSE = 'mcp-held-call';

/** Where a call waits for answers. `round` makes each state good for one set of them. */
export interface HeldState {
  readonly call: string;
  readonly round: number;
}

/** Who may go on, and with what: with any other of these the state means nothing. */
export interface StateBinding {
  readonly principalId: string;
  readonly route: string;
  readonly method: string;
  readonly params: JsonObject;
}

/** States that are given to callers: sealed, each for one caller and one request. */
export class BoundStates<T extends object> {
  constructor(
    private readonly keyring: Keyring,
    private readonly purpose: string,
  ) {}

  seal(state: T, binding: StateBinding): string {
    return this.keyring.seal(this.purpose, JSON.stringify(state), aadOf(binding));
  }

  open(sealed: string, binding: StateBinding): T | undefined {
    const text = this.keyring.open(this.purpose, sealed, aadOf(binding));
    // Nobody but us can have written it.
    return text === undefined ? undefined : (JSON.parse(text) as T);
  }
}

/**
 * The `requestState` of calls that wait here. It is good for as long as its call waits. Upstreams that speak this era have
 * states of their own, which are the conversation's business.
 */
export class HeldStates extends BoundStates<HeldState> {
  constructor(keyring: Keyring) {
    super(keyring, HELD_PURPOSE);
  }
}

const aadOf = ({ principalId, route, method, params }: StateBinding): string => {
  const { inputResponses: _answers, requestState: _state, _meta, ...request } = params;
  const digest = createHash('sha256')
    .update(JSON.stringify(sorted(request)))
    .digest('base64url');
  return JSON.stringify([principalId, route, method, digest]);
};

/** A client may write the members of the same request in another order. Its depth was bounded when it was read. */
function sorted(value: JsonValue): JsonValue {
  if (isObject(value))
    return Object.fromEntries(
      Object.entries(value)
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([key, member]) => [key, sorted(member)]),
    );
  return Array.isArray(value) ? (value as readonly JsonValue[]).map(sorted) : value;
}
