import { Command } from '@nestjs/cqrs';
import { type JsonObject } from '@app/kernel';
import { type DefinitionState, type NewDefinition } from '../domain/server-definition';

export interface RegisteredServer {
  readonly definition: DefinitionState;
  /** Of a remote server: the instance that was made with it. */
  readonly instanceId?: string;
}

/** `remoteSpec`: the specification of the one instance that is made with a remote definition. */
export class RegisterServerCommand extends Command<RegisteredServer> {
  constructor(
    readonly wanted: Omit<NewDefinition, 'id' | 'builtIn'>,
    readonly remoteSpec: JsonObject | undefined,
    readonly isDryRun: boolean,
  ) {
    super();
  }
}
