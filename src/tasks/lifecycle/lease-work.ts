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
