import { Command } from '@nestjs/cqrs';
import { type ImportPlan } from '../domain/import-plan';

export class PlanImportCommand extends Command<ImportPlan> {
  constructor(readonly content: string) {
    super();
  }
}

export class CommitImportCommand extends Command<ImportPlan> {
  constructor(
    readonly id: string,
    /** Names of items; absent: all of them. */
    readonly include: readonly string[] | undefined,
  ) {
    super();
  }
}

/** Takes back what a commit made, and only that; a plan that was not committed is forgotten. */
export class UndoImportCommand extends Command<ImportPlan> {
  constructor(
    readonly id: string,
    /** For instances to be gone: what they use can only go after them. */
    readonly waitS: number,
  ) {
    super();
  }
}
