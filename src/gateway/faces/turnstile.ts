import { Injectable } from '@nestjs/common';
import { type Principal } from '@app/telemetry';
import { CallBudget, type RateClass, RateLimiter, type RateVerdict, refusalOf } from '../../limits';
import { type Visit } from './visit';

type Then = () => void;
type Refuse = (error: unknown) => void;

/**
 * Counts who comes through the door, and the tool calls among them, where all faces meet. From memory nearly always, hence
 * without a promise; where a store has to be asked first, whoever comes waits for it.
 */
@Injectable()
export class Turnstile {
  constructor(
    private readonly rates: RateLimiter,
    private readonly budget: CallBudget,
  ) {}

  /** Each request, when it is known who sends it. */
  enter(visit: Visit, principal: Principal, then: Then, refuse: Refuse): void {
    this.count('mcp', { visit, principal }, then, refuse);
  }

  /** Each message, when it is known what it wants. */
  pass(visit: Visit, principal: Principal, then: Then, refuse: Refuse): void {
    if (visit.scan?.method !== 'tools/call') {
      then();
      return;
    }
    const charge = (): void => {
      this.charge(principal, then, refuse);
    };
    this.count('tool_calls', { visit, principal }, charge, refuse);
  }

  /** Whoever could not prove who he is; rejects where there were too many of them. */
  refused(address: string | undefined): Promise<void> {
    return this.rates.admit('refused', { address });
  }

  private count(
    policy: RateClass,
    { visit, principal }: { readonly visit: Visit; readonly principal: Principal },
    then: Then,
    refuse: Refuse,
  ): void {
    const caller = { principal, address: visit.address };
    const tell = (verdict: RateVerdict | undefined): void => {
      if (verdict !== undefined) visit.verdict = verdict;
      if (verdict?.allowed === false) refuse(refusalOf(verdict));
      else then();
    };
    const now = this.rates.consumeNow(policy, caller);
    if (now === 'later') this.rates.consume(policy, caller).then(tell, refuse);
    else tell(now);
  }

  private charge(principal: Principal, then: Then, refuse: Refuse): void {
    const now = this.budget.admit(principal);
    if (now === undefined) then();
    else if (now === 'later') this.budget.wait(principal).then(then, refuse);
    else refuse(now);
  }
}
