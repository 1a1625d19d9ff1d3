import { Command } from '@nestjs/cqrs';
import { type Caller } from '../domain/caller';
import { type InstanceState } from '../domain/instance';
import { type InstanceDraft, type InstancePatch } from '../domain/instance-draft';

/** The stored wish, and the operation that says how far it is fulfilled. */
export interface AcceptedChange {
  readonly state: InstanceState;
  readonly operationId?: string;
}

export class CreateInstanceCommand extends Command<AcceptedChange> {
  constructor(
    readonly draft: InstanceDraft,
    readonly caller: Caller,
    readonly isDryRun: boolean,
  ) {
    super();
  }
}

export class UpdateInstanceCommand extends Command<AcceptedChange> {
  constructor(
    readonly idOrName: string,
    readonly patch: InstancePatch,
    readonly caller: Caller,
    readonly expectedVersions: readonly number[] | undefined,
    readonly isDryRun: boolean,
  ) {
    super();
  }
}

/** Wants again what an earlier generation wanted. */
export class RollBackInstanceCommand extends Command<AcceptedChange> {
  constructor(
    readonly idOrName: string,
    readonly generation: number,
    readonly caller: Caller,
    readonly expectedVersions: readonly number[] | undefined,
    readonly isDryRun: boolean,
  ) {
    super();
  }
}

export type StateVerb = 'start' | 'stop' | 'restart' | 'delete';

export const PERMISSION_OF = {
  start: 'instances:operate',
  stop: 'instances:operate',
  restart: 'instances:operate',
  delete: 'instances:delete',
} as const;

/** Start, stop, restart, delete: what has no content of its own. */
export class AskInstanceCommand extends Command<AcceptedChange> {
  constructor(
    readonly verb: StateVerb,
    readonly idOrName: string,
    readonly expectedVersions: readonly number[] | undefined,
    readonly isDryRun: boolean,
    /** On the instance itself; what the route asks for was judged before. */
    readonly permission: string = PERMISSION_OF[verb],
  ) {
    super();
  }
}
