import { CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type Caller } from '../domain/caller';
import { BulkItemForbiddenError } from '../domain/instance.errors';
import {
  type AcceptedChange,
  AskInstanceCommand,
  CreateInstanceCommand,
  PERMISSION_OF,
} from './instance.commands';
import { type BulkOperation, type BulkResult, RunBulkCommand } from './run-bulk.command';

/** Few enough to leave connections of the pool to everybody else. */
const ITEMS_AT_ONCE = 6;

@CommandHandler(RunBulkCommand)
export class RunBulkHandler implements ICommandHandler<RunBulkCommand> {
  constructor(private readonly commands: CommandBus) {}

  async execute({ operations, caller, isDryRun }: RunBulkCommand): Promise<readonly BulkResult[]> {
    const results: BulkResult[] = [];
    await inLanes(operations, async (operation, index) => {
      results[index] = await this.attempt(operation, index, caller, isDryRun);
    });
    return results;
  }

  /** Whatever goes wrong with an item is that item's result, and no other's. */
  private async attempt(
    operation: BulkOperation,
    index: number,
    caller: Caller,
    isDryRun: boolean,
  ): Promise<BulkResult> {
    try {
      const { state, operationId } = await this.run(operation, caller, isDryRun);
      return { index, op: operation.op, id: state.id, ...(operationId === undefined ? {} : { operationId }) };
    } catch (failure) {
      return { index, op: operation.op, failure };
    }
  }

  private run(operation: BulkOperation, caller: Caller, isDryRun: boolean): Promise<AcceptedChange> {
    if (operation.op === 'invalid') throw operation.fault;
    const permission = PERMISSIONS[operation.op];
    if (!caller.may(permission)) throw new BulkItemForbiddenError(permission);
    return operation.op === 'create'
      ? this.commands.execute(new CreateInstanceCommand(operation.draft, caller, isDryRun))
      : this.commands.execute(new AskInstanceCommand(operation.op, operation.idOrName, undefined, isDryRun));
  }
}

const PERMISSIONS = { create: 'instances:create', ...PERMISSION_OF } as const;

/** Items of one instance go in their order, those of different ones beside each other. */
async function inLanes(
  operations: readonly BulkOperation[],
  run: (operation: BulkOperation, index: number) => Promise<void>,
): Promise<void> {
  const lanes = new Map<string, (readonly [BulkOperation, number])[]>();
  operations.forEach((operation, index) => {
    const key = laneOf(operation);
    lanes.set(key, [...(lanes.get(key) ?? []), [operation, index]]);
  });
  const waiting = [...lanes.values()];
  const worker = async (): Promise<void> => {
    for (let lane = waiting.shift(); lane !== undefined; lane = waiting.shift())
      for (const [operation, index] of lane) await run(operation, index);
  };
  await Promise.all(Array.from({ length: ITEMS_AT_ONCE }, worker));
}

function laneOf(operation: BulkOperation): string {
  if (operation.op === 'invalid') return '';
  return operation.op === 'create' ? operation.draft.name : operation.idOrName;
}
