import { Injectable } from '@nestjs/common';
import { type InstanceToReconcile, PROVISIONING_COMMANDS, type ReconcileInstanceV1 } from '@app/contracts';
import { Database } from '@app/database';
import { type QueueMessage, QueueSet } from '@app/queues';

const BATCH = 500;
/** 100,000 instances, the largest installation that can be configured. */
const BATCHES_MAX = 200;
/** Shorter than the period of the sweep: a look that is still waiting is not asked for twice, a lost one is repeated. */
const DEDUPE_TTL_MS = 15_000;
/** After the looks that somebody waits for. */
const SWEEP_PRIORITY = 100;

/** Asks the provisioner to look at everything: whatever message was lost, the next sweep makes up for it. */
@Injectable()
export class InstanceSweep {
  constructor(
    private readonly db: Database,
    private readonly queues: QueueSet,
  ) {}

  async run(): Promise<number> {
    let after: string | null = null;
    let asked = 0;
    for (let batch = 0; batch < BATCHES_MAX; batch += 1) {
      const rows: InstanceToReconcile[] = await this.db.query<InstanceToReconcile>(
        `SELECT d.id AS instance_id, d.generation, coalesce(s.sequence, 0)::float8 AS seen_sequence
           FROM desired_instances d LEFT JOIN instance_status s ON s.instance_id = d.id
          WHERE $1::uuid IS NULL OR d.id > $1 ORDER BY d.id LIMIT ${BATCH}`,
        [after],
      );
      await this.queues.add(lookAt(rows));
      asked += rows.length;
      after = rows.at(-1)?.instance_id ?? after;
      if (rows.length < BATCH) break;
    }
    return asked;
  }
}

/** One message for all of them. */
function lookAt([first, ...others]: readonly InstanceToReconcile[]): readonly QueueMessage[] {
  if (first === undefined) return [];
  const data: ReconcileInstanceV1 = { v: 1, ...first, others };
  const dedupe = { id: `sweep_${first.instance_id}`, ttlMs: DEDUPE_TTL_MS };
  return [{ queue: PROVISIONING_COMMANDS, data, dedupe, priority: SWEEP_PRIORITY, keep: false }];
}
