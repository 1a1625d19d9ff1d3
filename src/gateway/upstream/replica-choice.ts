import { createHash } from 'node:crypto';
import { replicasOf } from '../routing/replicas';
import { type CallableRoute, connectionKey } from '../routing/route';
import { type Upstream } from './upstream';

/** Who stays with whom; the oldest are forgotten, and then found again by their number as a rule. */
const STAYING_MAX = 20_000;

/** What a caller needs of a replica, where it needs anything. */
export interface ReplicaWish {
  /** The replica that has the caller's session. */
  readonly replica?: number | undefined;
  /** Callers of one session stay together: with any replica, but always the same. */
  readonly stay?: string | undefined;
  /** It has just failed. */
  readonly except?: CallableRoute;
}

/** Spreads calls over the replicas of a server: to the one with the fewest calls under way that seems well. */
export class ReplicaChoice {
  /** By server and session: the number of a replica. */
  private readonly staying = new Map<string, number>();
  private turn = 0;

  constructor(private readonly peek: (route: CallableRoute) => Upstream | undefined) {}

  /** The route itself where there is but one server behind it. */
  of(route: CallableRoute, { replica, stay, except }: ReplicaWish = {}): CallableRoute {
    const all = replicasOf(route);
    const [only] = all;
    if (all.length === 1 && only !== undefined) return only;
    const others = except === undefined ? all : all.filter((one) => !isSame(one, except));
    const candidates = others.length === 0 ? all : others;
    const home = replica === undefined ? undefined : candidates.find((one) => one.replica === replica);
    if (home !== undefined) return home;
    const well = candidates.filter((one) => this.peek(one)?.isWell !== false);
    const open = well.length === 0 ? candidates : well;
    return stay === undefined ? this.leastBusy(open) : this.stayingOf(route, stay, open);
  }

  /** Of several that do as little, each in its turn. */
  private leastBusy(candidates: readonly CallableRoute[]): CallableRoute {
    this.turn = (this.turn + 1) % Number.MAX_SAFE_INTEGER;
    const first = this.turn % candidates.length;
    const inTurn = [...candidates.slice(first), ...candidates.slice(0, first)];
    return inTurn.reduce((best, one) => (this.busyOf(one) < this.busyOf(best) ? one : best));
  }

  private busyOf(route: CallableRoute): number {
    return this.peek(route)?.admission.active ?? 0;
  }

  private stayingOf(route: CallableRoute, stay: string, candidates: readonly CallableRoute[]): CallableRoute {
    const key = `${route.instanceId} ${stay}`;
    const known = this.staying.get(key);
    const chosen = candidates.find((one) => one.replica === known) ?? byHash(stay, candidates);
    if (chosen.replica !== known) this.remember(key, chosen.replica);
    return chosen;
  }

  private remember(key: string, replica: number | undefined): void {
    if (replica === undefined) return;
    this.staying.delete(key);
    this.staying.set(key, replica);
    const oldest = this.staying.size > STAYING_MAX ? this.staying.keys().next().value : undefined;
    if (oldest !== undefined) this.staying.delete(oldest);
  }
}

export const isSame = (a: CallableRoute, b: CallableRoute): boolean => connectionKey(a) === connectionKey(b);

/** The highest hash wins: when a replica goes, only its own sessions move, and in every process to the same place. */
function byHash(stay: string, candidates: readonly CallableRoute[]): CallableRoute {
  const weighed = candidates.map((one) => ({ one, weight: weightOf(stay, one.replica) }));
  return weighed.reduce((best, next) => (next.weight > best.weight ? next : best)).one;
}

const weightOf = (stay: string, replica = 0): number =>
  createHash('sha1').update(`${stay} ${replica}`).digest().readUInt32BE(0);
