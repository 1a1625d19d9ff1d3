import { Injectable } from '@nestjs/common';
import { PROVISIONING_COMMANDS, type ReconcileInstanceV1 } from '@app/contracts';
import { Database } from '@app/database';
import { type QueueMessage, QueueSet } from '@app/queues';

const BATCH = 500;
/** 100,000 instances, the largest installation that can be configured. */
const BATCHES_MAX = 200;
/** Shorter than the period of the sweep: a look that is still waiting is not asked for twice, a lost one is repeated. */
const DEDUPE_TTL_MS = 15_000;
/** After the looks that somebody waits for. */
const SWEEP_PRIORITY = 100;

interface SweptRow {
  readonly id: string;
  readonly generation: number;
  readonly seen_sequence: number;
}

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
      const rows: SweptRow[] = await this.db.query<SweptRow>(
        `SELECT d.id, d.generation, coalesce(s.sequence, 0)::float8 AS seen_sequence
           FROM desired_instances d LEFT JOIN instance_status s ON s.instance_id = d.id
          WHERE $1::uuid IS NULL OR d.id > $1 ORDER BY d.id LIMIT ${BATCH}`,
        [after],
      );
      if (rows.length > 0) await this.queues.add(rows.map(lookAt));
      asked += rows.length;
      after = rows.at(-1)?.id ?? after;
      if (rows.length < BATCH) break;
    }
    return asked;
  }
}

const lookAt = ({ id, generation, seen_sequence }: SweptRow): QueueMessage => ({
  queue: PROVISIONING_COMMANDS,
  data: { v: 1, instance_id: id, generation, seen_sequence } satisfies ReconcileInstanceV1,
  dedupe: { id: `look_${id}`, ttlMs: DEDUPE_TTL_MS },
  priority: SWEEP_PRIORITY,
});
