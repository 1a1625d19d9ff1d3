import { Command } from '@nestjs/cqrs';
import { type DefinitionChange, type DefinitionState } from '../domain/server-definition';

export class UpdateServerCommand extends Command<DefinitionState> {
  constructor(
    readonly idOrName: string,
    /** Reckoned from what is stored, so that a patch is judged against the locked row. */
    readonly change: (stored: DefinitionState) => DefinitionChange,
    readonly expectedVersions: readonly number[] | undefined,
    readonly isDryRun: boolean,
  ) {
    super();
  }
}

export class DeleteServerCommand extends Command<undefined> {
  constructor(
    readonly idOrName: string,
    readonly expectedVersions: readonly number[] | undefined,
  ) {
    super();
  }
}
