import { Command } from '@nestjs/cqrs';
import { type Caller } from '../domain/caller';
import { type InstanceDraft } from '../domain/instance-draft';
import { type StateVerb } from './instance.commands';

export type BulkOperation =
  | { readonly op: 'create'; readonly draft: InstanceDraft }
  | { readonly op: StateVerb; readonly idOrName: string }
  /** An item that could not even be read: its fault is its result. */
  | { readonly op: 'invalid'; readonly fault: Error };

export interface BulkResult {
  readonly index: number;
  readonly op: BulkOperation['op'];
  readonly id?: string;
  readonly operationId?: string;
  /** Absent when the item was accepted. */
  readonly failure?: unknown;
}

export class RunBulkCommand extends Command<readonly BulkResult[]> {
  constructor(
    readonly operations: readonly BulkOperation[],
    readonly caller: Caller,
    readonly isDryRun: boolean,
  ) {
    super();
  }
}
