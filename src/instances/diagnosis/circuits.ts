import { Injectable } from '@nestjs/common';
import { type Finding, found, passed, skipped } from './diagnosis';
import { restart } from './fixes';
import { type Subject } from './subject';

/** What the gateway met when it called the server. */
export interface CircuitFacts {
  readonly circuit: 'closed' | 'open' | 'half_open';
  readonly failure: string | null;
  readonly nextAttemptAt: Date | null;
}

export type CircuitSource = (instanceId: string) => CircuitFacts | undefined;

/** The circuits live in the gateway's memory, which is in this process only where one process does everything. */
@Injectable()
export class Circuits {
  private source: CircuitSource | undefined;

  follow(source: CircuitSource): void {
    this.source = source;
  }

  judge(subject: Subject): Finding {
    if (this.source === undefined)
      return skipped(
        'The gateway runs in a process of its own; GET /api/v1/mcp/servers/status tells its circuits.',
      );
    const facts = this.source(subject.id);
    if (facts === undefined) return passed('Nobody has called it through the gateway yet.');
    const { circuit, failure, nextAttemptAt } = facts;
    const evidence = failure === null ? [] : [failure];
    if (circuit === 'closed') return passed('Calls get through.', evidence);
    const again = nextAttemptAt === null ? 'with the next call' : `at ${nextAttemptAt.toISOString()}`;
    if (circuit === 'half_open') return passed(`One call is let through to try it, ${again}.`, evidence);
    return found(
      'circuit_open',
      `The gateway lets no call through after too many failures; it tries again ${again}.`,
      {
        evidence,
        fix: restart(subject),
      },
    );
  }
}
