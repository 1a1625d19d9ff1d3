import { Injectable } from '@nestjs/common';
import { isDatabaseUnavailable } from '@app/database';
import { Gather } from '@app/resilience';
import { requestContext } from '@app/telemetry';
import { MAX_BATCH } from '../domain/task';
import { TasksBusyError } from '../domain/task.errors';
import { type Happening, type Transition } from '../domain/transition';
import { type Held } from '../persistence/change-rows';
import { type EndedLease, TaskOutcomes } from './task-outcomes';
import { TaskReports } from './task-reports';

const WAITING_MAX = 10_000;
const WEIGHT_MAX_BYTES = 4 * 1_024 * 1_024;

type Item = EndedLease & { readonly bytes: number };

/** Tasks that end at the same time share a transaction. */
@Injectable()
export class GatheredOutcomes {
  private readonly gather: Gather<Item, Transition | undefined>;

  constructor(
    outcomes: TaskOutcomes,
    private readonly reports: TaskReports,
  ) {
    this.gather = new Gather({
      ...{ maxBatch: MAX_BATCH, maxWaiting: WAITING_MAX, maxWeight: WEIGHT_MAX_BYTES },
      weightOf: ({ bytes }) => bytes,
      run: (items) => outcomes.end(items),
      isShared: isDatabaseUnavailable,
      refusal: () => new TasksBusyError(),
    });
  }

  /** undefined: the lease does not count any more. `bytes` is what there is to store. */
  async end(lease: Held, happening: Happening, bytes: number): Promise<Transition | undefined> {
    await this.reports.settle(lease.taskId);
    return this.gather.add({ ...lease, happening, bytes, scope: requestContext.get() });
  }
}
