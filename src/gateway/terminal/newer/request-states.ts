import { createHash } from 'node:crypto';
import { type JsonObject, type JsonValue } from '@app/kernel';
import { isObject } from '@app/mcp';
import { type Keyring } from '@app/security';

const PURPOSE = 'mcp-request-state';
const MS_PER_S = 1_000;

/** What one round of questions leaves with the client, for the next. */
export type RequestState =
  /** An upstream's own words: it goes on from them by itself. */
  | { readonly kind: 'upstream'; readonly state: string }
  /** A call that waits here. `round` makes each state good for one answer. */
  | { readonly kind: 'held'; readonly call: string; readonly round: number };

/** Who may go on, and with what: with any other of these the state means nothing. */
export interface StateBinding {
  readonly principalId: string;
  readonly route: string;
  readonly method: string;
  readonly params: JsonObject;
}

/** `requestState` is what a client shows us as ours: sealed, for one caller, one request, and a short time. */
export class RequestStates {
  constructor(private readonly keyring: Keyring) {}

  seal(state: RequestState, binding: StateBinding, lifeS: number): string {
    const text = JSON.stringify({ ...state, until: nowS() + lifeS });
    return this.keyring.seal(PURPOSE, text, aadOf(binding));
  }

  open(sealed: string, binding: StateBinding): RequestState | undefined {
    const text = this.keyring.open(PURPOSE, sealed, aadOf(binding));
    if (text === undefined) return undefined;
    // Nobody but us can have written it.
    const { until, ...state } = JSON.parse(text) as RequestState & { readonly until: number };
    return until < nowS() ? undefined : state;
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

const nowS = (): number => Math.floor(Date.now() / MS_PER_S);
