import { canDo, fits } from './ability';
import { type Candidate, type Offer, type QueuedTask, type ScoredAgent } from './model';
import { scoreOf } from './score';

/** Candidates that are kept with an assignment, so that one can see why this agent and not another. */
const CANDIDATES_MAX = 10;

export interface Opening {
  readonly agent: Candidate;
  readonly offer: Offer;
  readonly scored: ScoredAgent;
}

/** Which agents have room for what, while tasks are given out. */
export class Openings {
  private readonly present: readonly Candidate[];
  private readonly given = new Map<Candidate, number>();
  private readonly used = new Map<Offer, number>();
  private readonly scores = new Map<Candidate, ScoredAgent>();
  private readonly able = new Map<string, readonly Candidate[]>();

  constructor(agents: readonly Candidate[], nowMs: number) {
    this.present = agents.filter(
      ({ status, closedUntilMs }) =>
        status === 'active' && (closedUntilMs === null || closedUntilMs <= nowMs),
    );
  }

  /** Best first. */
  for(task: QueuedTask): readonly Opening[] {
    const best: Opening[] = [];
    for (const agent of this.ableTo(task)) {
      const offer = this.offerOf(agent, task);
      if (offer !== undefined) keepBest(best, { agent, offer, scored: this.scoreOf(agent) });
    }
    return best;
  }

  take({ agent, offer }: Opening): void {
    this.given.set(agent, (this.given.get(agent) ?? 0) + 1);
    this.used.set(offer, (this.used.get(offer) ?? 0) + 1);
    this.scores.delete(agent);
  }

  /** The same for every task of a lane, so it is found out once. */
  private ableTo(task: QueuedTask): readonly Candidate[] {
    const known = this.able.get(task.lane);
    if (known !== undefined) return known;
    const found = this.present.filter((agent) => canDo(agent, task));
    this.able.set(task.lane, found);
    return found;
  }

  /** Who waits for an answer comes before what is sent, and who waits longest first. */
  private offerOf(agent: Candidate, task: QueuedTask): Offer | undefined {
    if (this.runningOf(agent) >= agent.maxTasks) return undefined;
    let chosen: Offer | undefined;
    for (const offer of agent.offers) {
      if ((this.used.get(offer) ?? 0) >= offer.slots || !fits(offer, task)) continue;
      if (chosen === undefined || isSooner(offer, chosen)) chosen = offer;
    }
    return chosen;
  }

  private scoreOf(agent: Candidate): ScoredAgent {
    const known = this.scores.get(agent);
    if (known !== undefined) return known;
    const scored = scoreOf(agent, this.runningOf(agent));
    this.scores.set(agent, scored);
    return scored;
  }

  private runningOf(agent: Candidate): number {
    return agent.running + (this.given.get(agent) ?? 0);
  }
}

const isSooner = (one: Offer, other: Offer): boolean =>
  (one.askId === null) === (other.askId === null) ? one.sinceMs < other.sinceMs : one.askId !== null;

/** Of equals it is whoever waits longer; the id at last, so that the same question has the same answer. */
function isBetter(one: Opening, other: Opening): boolean {
  if (one.scored.score !== other.scored.score) return one.scored.score > other.scored.score;
  if (one.offer.sinceMs !== other.offer.sinceMs) return one.offer.sinceMs < other.offer.sinceMs;
  return one.agent.id < other.agent.id;
}

/** A few of many: sorting them all for each task would be most of what a pass costs. */
function keepBest(best: Opening[], opening: Opening): void {
  let at = best.length;
  for (let before = best[at - 1]; before !== undefined && isBetter(opening, before); before = best[at - 1])
    at -= 1;
  if (at >= CANDIDATES_MAX) return;
  best.splice(at, 0, opening);
  if (best.length > CANDIDATES_MAX) best.pop();
}
