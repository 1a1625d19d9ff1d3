import { createHash } from 'node:crypto';
import { type JsonObject } from '@app/kernel';
import { type Keyring } from '@app/security';
import { invalid } from './refusals';

const PURPOSE = 'mcp-request-state';
/** As long as a person may take to answer. */
const LIFETIME_MS = 10 * 60_000;

/** Of whom a request is, and what it asks for: a state that was made for another one does not open. */
export interface StateBinding {
  readonly principalId: string;
  readonly instanceId: string;
  readonly method: string;
  readonly params: JsonObject;
}

/** Upstreams see one caller, us: whose state it is must be kept by us. */
export class RequestStates {
  constructor(
    private readonly keyring: Keyring,
    private readonly now: () => number = Date.now,
  ) {}

  /** An `input_required` result with the state sealed; any other result as it is. */
  seal(result: JsonObject, binding: StateBinding): JsonObject {
    const { resultType, requestState } = result;
    if (resultType !== 'input_required' || typeof requestState !== 'string') return result;
    const text = JSON.stringify([requestState, this.now() + LIFETIME_MS]);
    return { ...result, requestState: this.keyring.seal(PURPOSE, text, bound(binding)) };
  }

  /** The parameters of a repeated request, with the state that the server gave. */
  open(params: JsonObject, binding: StateBinding): JsonObject {
    const { requestState } = params;
    if (requestState === undefined) return params;
    if (typeof requestState !== 'string') throw invalid('requestState is not one of ours');
    const text = this.keyring.open(PURPOSE, requestState, bound(binding));
    if (text === undefined) throw invalid('requestState is not one of ours, or belongs to another request');
    const [state, expiresAtMs] = JSON.parse(text) as [string, number];
    if (expiresAtMs < this.now()) throw invalid('requestState is too old; begin again without it');
    return { ...params, requestState: state };
  }
}

/** All that a repetition must leave as it was: everything but the answers and the state itself. */
function bound({ principalId, instanceId, method, params }: StateBinding): string {
  const { requestState: _state, inputResponses: _answers, _meta, ...rest } = params;
  const digest = createHash('sha256').update(canonical(rest)).digest('base64url');
  return JSON.stringify([principalId, instanceId, method, digest]);
}

/** Clients may write the members of a repeated request in another order. */
const canonical = (value: JsonObject): string =>
  JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
