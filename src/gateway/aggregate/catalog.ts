import { type Clock, type JsonObject } from '@app/kernel';
import { SingleFlight } from '@app/resilience';
import { type DegradedMember } from '../terminal/conversation';
import { type ListKind } from '../upstream/fetch-list';
import { DEFAULT_TTL_MS } from '../upstream/list-cache';
import { type Face } from './faces';
import { type FacePlan } from './face-plan';
import { type Entry, type JoinedList, joinLists, type MemberItems } from './joined-list';
import { type MemberAnswer, type MemberList, type MemberReader } from './member-reader';
import { type Party } from './party';

/** What a member offered once is shown this long after it went, and not callable anyway. */
const SHOWN_WITHOUT_MEMBER_MS = 10 * 60_000;
/** Something is missing: clients should look again soon. */
const DEGRADED_TTL_MS = 5_000;
/** A name that is missing makes us look again, but not at each call. */
const MISSING_AGAIN_AFTER_MS = 1_000;
/** Nobody changes configuration faster than it is read for long. */
const LOOKS_AGAIN_MAX = 3;

export interface FaceList {
  readonly list: JoinedList;
  readonly degraded: readonly DegradedMember[];
  readonly ttlMs: number;
  readonly cacheScope: 'public' | 'private';
}

interface Kept extends FaceList {
  readonly plan: FacePlan;
  readonly lookedAtMs: number;
}

interface Made {
  readonly plan: FacePlan;
  readonly members: readonly MemberItems[];
  readonly list: JoinedList;
}

interface LastSeen {
  readonly items: readonly JsonObject[];
  readonly atMs: number;
}

/** What one face offers to clients of one kind: joined once, looked up at each call. */
export class Catalog {
  lastUsedAtMs = 0;
  private readonly kept = new Map<ListKind, Kept>();
  private readonly old = new Set<ListKind>();
  private readonly lastSeen = new Map<ListKind, ReadonlyMap<string, LastSeen>>();
  private readonly made = new Map<ListKind, Made>();
  private readonly flights = new SingleFlight<ListKind, Kept>();

  constructor(
    private readonly face: Face,
    private readonly reader: MemberReader,
    private readonly clock: Clock,
    /** A member answered when nobody waited for it any more: who listed without it should look again. */
    private readonly onLate: (serverName: string, kind: ListKind) => void = () => undefined,
  ) {}

  /** A member says that these changed, came or went. */
  invalidate(kinds: readonly ListKind[]): void {
    for (const kind of kinds) this.old.add(kind);
  }

  /** For display: waits for what is known to be old, as long as members may make others wait. */
  async list(kind: ListKind, party: Party): Promise<FaceList> {
    const kept = this.current(kind);
    if (kept === undefined || this.old.has(kind) || kept.ttlMs === 0) return this.look(kind, party);
    if (this.ageMs(kept) <= kept.ttlMs) return { ...kept, ttlMs: kept.ttlMs - this.ageMs(kept) };
    // The members' own caches say whether anything has to be fetched.
    return this.look(kind, party);
  }

  /** For a call: what is known at once, even where it is time to look again. */
  findNow(kind: ListKind, name: string, party: Party): Entry | undefined {
    this.lastUsedAtMs = this.clock.monotonicMs();
    const kept = this.current(kind) ?? this.rejoined(kind);
    const found = kept?.list.byName.get(name);
    if (kept === undefined || found === undefined) return undefined;
    if (this.old.has(kind) || this.ageMs(kept) > Math.max(kept.ttlMs, MISSING_AGAIN_AFTER_MS))
      this.look(kind, party).catch(() => undefined); // The next one who needs it is told why it failed.
    return found;
  }

  /** The same; what is not known makes us look again. */
  async find(kind: ListKind, name: string, party: Party): Promise<Entry | undefined> {
    const found = this.findNow(kind, name, party);
    if (found !== undefined) return found;
    const kept = this.current(kind);
    if (kept !== undefined && !this.old.has(kind) && this.ageMs(kept) < MISSING_AGAIN_AFTER_MS)
      return undefined;
    return (await this.look(kind, party)).list.byName.get(name);
  }

  /** Undefined when nothing was looked at yet, or when configuration says something else now. */
  private current(kind: ListKind): Kept | undefined {
    const kept = this.kept.get(kind);
    return kept?.plan === this.face.plan() ? kept : undefined;
  }

  /** Configuration changed: what the members said last is named anew at once, so that no call waits for a member that hangs. */
  private rejoined(kind: ListKind): Kept | undefined {
    const seen = this.lastSeen.get(kind);
    if (seen === undefined) return undefined;
    const plan = this.face.plan();
    const members = plan.members.map((instance) => ({ instance, items: this.remembered(kind, instance) }));
    const list = this.joined(kind, plan, members);
    const kept: Kept = { list, degraded: [], ttlMs: 0, cacheScope: 'private', plan, lookedAtMs: 0 };
    this.kept.set(kind, kept);
    this.old.add(kind);
    return kept;
  }

  private ageMs({ lookedAtMs }: Kept): number {
    return this.clock.monotonicMs() - lookedAtMs;
  }

  private async look(kind: ListKind, party: Party): Promise<Kept> {
    this.lastUsedAtMs = this.clock.monotonicMs();
    let kept = await this.lookOnce(kind, party);
    // A look that was under way when configuration changed saw the old one, and must not decide about this call.
    for (let again = 0; again < LOOKS_AGAIN_MAX && kept.plan !== this.face.plan(); again += 1)
      kept = await this.lookOnce(kind, party);
    return kept;
  }

  private lookOnce(kind: ListKind, party: Party): Promise<Kept> {
    return this.flights.run(kind, async () => {
      const plan = this.face.plan();
      const lookedAtMs = this.clock.monotonicMs();
      this.old.delete(kind);
      const answers = await this.reader.lists(plan.members, kind, party, (serverName) => {
        this.old.add(kind);
        this.onLate(serverName, kind);
      });
      const kept = { ...this.join(kind, plan, answers), plan, lookedAtMs };
      this.kept.set(kind, kept);
      return kept;
    });
  }

  private join(kind: ListKind, plan: FacePlan, answers: readonly MemberAnswer<MemberList>[]): FaceList {
    this.remember(kind, answers);
    const members = answers.map(({ serverName, value }) => ({
      instance: serverName,
      items: value?.items ?? this.remembered(kind, serverName),
    }));
    const list = this.joined(kind, plan, members);
    const failed = answers.filter(({ failure }) => failure !== undefined);
    const isPublic = this.face.isSameForAll && answers.every(({ value }) => value?.isPublic === true);
    return {
      list,
      degraded: [
        ...failed.map((answer) => this.reader.degraded(this.face.scope, answer)),
        ...ambiguities(kind, list),
      ],
      ttlMs: answers.reduce(
        (least, { value }) => Math.min(least, value?.ttlMs ?? DEGRADED_TTL_MS),
        answers.length === 0 ? DEFAULT_TTL_MS : Number.MAX_SAFE_INTEGER,
      ),
      cacheScope: isPublic && failed.length === 0 ? 'public' : 'private',
    };
  }

  /** Lists stay the same objects while they say the same, and so may what was made of them. */
  private joined(kind: ListKind, plan: FacePlan, members: readonly MemberItems[]): JoinedList {
    const made = this.made.get(kind);
    const isSame =
      made?.plan === plan && members.every(({ items }, index) => items === made.members[index]?.items);
    if (isSame) return made.list;
    const list = joinLists(kind, plan, members);
    this.made.set(kind, { plan, members, list });
    return list;
  }

  private remember(kind: ListKind, answers: readonly MemberAnswer<MemberList>[]): void {
    const atMs = this.clock.monotonicMs();
    const of = new Map<string, LastSeen>();
    for (const { serverName, value, isGone } of answers) {
      const seen =
        value === undefined ? this.lastSeen.get(kind)?.get(serverName) : { items: value.items, atMs };
      // What was stopped or deleted on purpose is not shown any longer.
      if (seen !== undefined && isGone !== true) of.set(serverName, seen);
    }
    this.lastSeen.set(kind, of);
  }

  private remembered(kind: ListKind, serverName: string): readonly JsonObject[] {
    const seen = this.lastSeen.get(kind)?.get(serverName);
    if (seen === undefined) return NOTHING;
    return this.clock.monotonicMs() - seen.atMs > SHOWN_WITHOUT_MEMBER_MS ? NOTHING : seen.items;
  }
}

const NOTHING: readonly JsonObject[] = [];

/** A name that nobody gets is said, not hidden. */
const ambiguities = (kind: ListKind, { ambiguous }: JoinedList): DegradedMember[] =>
  [...ambiguous].flatMap(([name, members]) =>
    [...new Set(members)].map((serverName) => ({
      serverName,
      reason: `Of ${kind}, "${name}" is left out, because ${[...new Set(members)].join(' and ')} offer it.`,
      since: null,
      nextAttemptAt: null,
    })),
  );
