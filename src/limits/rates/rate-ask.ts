import { type RateEntry, type Taken } from '@app/resilience';
import { type Principal } from '@app/telemetry';
import { type RateClass, type RateScope } from '../domain/rate-class';
import { networkOf } from './network-of';

const MS_PER_S = 1_000;

/** Whoever is counted: as much of it as is known. */
export interface RateCaller {
  readonly principal?: Principal | undefined;
  readonly address?: string | undefined;
  /** The name that somebody tries to sign in as. */
  readonly account?: string | undefined;
}

export type RatePolicy = Readonly<Partial<Record<RateScope, number | null>>> & { readonly window_s: number };

/** What counting one request of one caller means. */
export interface RateAsk {
  readonly policy: RateClass;
  readonly windowS: number;
  readonly entries: readonly RateEntry[];
  readonly scopes: readonly RateScope[];
  /** Tells it from every other ask; what is leased is kept under it. */
  readonly id: string;
  /** `"read";q=600;w=60`, made at the first use, for each entry. */
  readonly policyHeaders: string[];
}

export interface RateVerdict {
  readonly allowed: boolean;
  readonly policy: RateClass;
  readonly scope: RateScope;
  readonly limit: number;
  readonly windowS: number;
  readonly remaining: number;
  /** Until there is more. */
  readonly resetS: number;
  /** 0 where it is allowed. */
  readonly retryAfterS: number;
  /** Values of `RateLimit-Policy` and `RateLimit`. */
  readonly headers: readonly [policy: string, limit: string];
}

const SUBJECTS: Readonly<Record<RateScope, (caller: RateCaller) => string | undefined>> = {
  // A session of a user has no key: it is counted by the user alone.
  key: ({ principal }) =>
    principal === undefined || (principal.kind === 'user' && principal.keyId === undefined)
      ? undefined
      : (principal.keyId ?? `${principal.kind}.${principal.id}`),
  user: ({ principal }) => principal?.userId ?? (principal?.kind === 'user' ? principal.id : undefined),
  address: ({ address }) => (address === undefined ? undefined : networkOf(address)),
  account: ({ account }) => account?.toLowerCase(),
};

const SCOPES = Object.keys(SUBJECTS) as readonly RateScope[];

/** undefined: nothing is counted, because the policy is off or nobody is there to count. */
export function askOf(policy: RateClass, values: RatePolicy, caller: RateCaller): RateAsk | undefined {
  const entries: RateEntry[] = [];
  const scopes: RateScope[] = [];
  for (const scope of SCOPES) {
    const limit = values[scope];
    const subject = typeof limit === 'number' ? SUBJECTS[scope](caller) : undefined;
    if (typeof limit !== 'number' || subject === undefined) continue;
    entries.push({ key: `${policy}:${scope}:${subject}`, limit, windowMs: values.window_s * MS_PER_S });
    scopes.push(scope);
  }
  if (entries.length === 0) return undefined;
  const id = entries.map(({ key, limit, windowMs }) => `${key}:${limit}:${windowMs}`).join('|');
  return { policy, windowS: values.window_s, entries, scopes, id, policyHeaders: [] };
}

/** What was decided of one request. Its headers are put together when they are asked for: not every answer gets them. */
class Verdict implements RateVerdict {
  readonly allowed: boolean;
  readonly policy: RateClass;
  readonly scope: RateScope;
  readonly limit: number;
  readonly windowS: number;
  readonly remaining: number;
  readonly resetS: number;
  readonly retryAfterS: number;

  constructor(
    private readonly ask: RateAsk,
    { granted, tightest, remaining, resetMs }: Taken,
  ) {
    this.allowed = granted > 0;
    this.policy = ask.policy;
    this.scope = ask.scopes[tightest] ?? 'key';
    this.limit = ask.entries[tightest]?.limit ?? 0;
    this.windowS = ask.windowS;
    this.remaining = remaining;
    this.resetS = Math.max(1, Math.ceil(resetMs / MS_PER_S));
    this.retryAfterS = this.allowed ? 0 : this.resetS;
  }

  get headers(): RateVerdict['headers'] {
    const { policy, limit, windowS, remaining, resetS } = this;
    const { policyHeaders, scopes } = this.ask;
    const at = Math.max(0, scopes.indexOf(this.scope));
    policyHeaders[at] ??= `"${policy}";q=${limit};w=${windowS}`;
    return [policyHeaders[at], `"${policy}";r=${remaining};t=${resetS}`];
  }
}

export const verdictOf = (ask: RateAsk, taken: Taken): RateVerdict => new Verdict(ask, taken);
