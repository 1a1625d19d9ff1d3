import { Injectable } from '@nestjs/common';
import { type JsonValue } from '@app/kernel';
import { principalOfRequest } from '@app/telemetry';
import { AgentRoster } from '../../agents';
import { TaskDocumentTooLargeError } from '../domain/lease.errors';
import { MAX_DOCUMENT_BYTES, type TaskError } from '../domain/task';
import { type Happening, type Transition } from '../domain/transition';
import { GatheredOutcomes } from './gathered-outcomes';
import { LeaseGate } from './lease-gate';
import { type HeldReport } from '../persistence/report-rows';
import { type Held } from '../persistence/change-rows';

interface Ending {
  readonly result?: JsonValue;
  readonly error?: TaskError;
  readonly retryable?: boolean;
  readonly retry_after?: number;
}

const CLOSED_FOR_MS = 2_000;
/** Leases of one task; from then on handing it back counts as a failure, or it would go round for ever. */
const LEASES_MAX = 100;
const HANDED_BACK: Happening = { kind: 'handed_back' };
const TOO_OFTEN: Happening = {
  kind: 'failed',
  error: { code: 'handed_back', message: `It was handed back, and given out ${LEASES_MAX} times before.` },
  retryable: true,
};

const soon = (): Date => new Date(Date.now() + CLOSED_FOR_MS);

/** What an agent says with a lease token. Whatever it says, it lives. */
@Injectable()
export class LeaseWork {
  constructor(
    private readonly gate: LeaseGate,
    private readonly outcomes: GatheredOutcomes,
    private readonly roster: AgentRoster,
  ) {}

  async end(taskId: string, token: string, ending: Ending): Promise<Transition> {
    return this.holding(taskId, token, (lease) => {
      const [happening, bytes] = happeningOf(ending);
      return this.outcomes.end(lease, happening, bytes);
    });
  }

  /** The agent will not do it: the attempt does not count, and somebody else may have it at once. */
  handBack(taskId: string, token: string): Promise<Transition> {
    return this.holding(taskId, token, async (lease) => {
      // First the agent is closed, else it would be given the same task again at once.
      if (lease.agentId !== undefined) await this.roster.close(lease.agentId, soon());
      return this.outcomes.end(lease, lease.leaseGen < LEASES_MAX ? HANDED_BACK : TOO_OFTEN, 0);
    });
  }

  report<Report extends HeldReport>(
    taskId: string,
    token: string,
    work: (lease: Held) => Promise<Report | undefined>,
  ): Promise<Report> {
    return this.holding(taskId, token, work);
  }

  private async holding<T>(
    taskId: string,
    token: string,
    work: (lease: Held) => Promise<T | undefined>,
  ): Promise<T> {
    const principal = principalOfRequest();
    if (principal.agentId !== undefined) this.roster.touch(principal.agentId);
    const lease = this.gate.read(principal, taskId, token);
    const done = lease === undefined ? undefined : await work(lease);
    if (done === undefined) throw await this.gate.refusal(principal, taskId);
    return done;
  }
}

function happeningOf({
  result = null,
  error,
  retryable,
  retry_after: retryAfterS,
}: Ending): [Happening, number] {
  if (error !== undefined) {
    const { code, message } = error;
    return [{ kind: 'failed', error: { code, message }, retryable: retryable ?? true, retryAfterS }, 0];
  }
  const bytes = Buffer.byteLength(JSON.stringify(result));
  if (bytes > MAX_DOCUMENT_BYTES) throw new TaskDocumentTooLargeError('result', bytes, MAX_DOCUMENT_BYTES);
  return [{ kind: 'completed', result }, bytes];
}
