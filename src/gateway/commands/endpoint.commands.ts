import { Command } from '@nestjs/cqrs';
import { type EndpointContent } from '../domain/virtual-endpoint';

export class CreateEndpointCommand extends Command<{ readonly name: string }> {
  constructor(
    readonly name: string,
    readonly content: EndpointContent,
  ) {
    super();
  }
}

export class UpdateEndpointCommand extends Command<{ readonly name: string }> {
  constructor(
    readonly name: string,
    readonly change: Partial<EndpointContent>,
    /** Checks the version that the caller saw against the stored one; throws when they differ. */
    readonly demandVersion: (rowVersion: number) => void,
  ) {
    super();
  }
}

export class DeleteEndpointCommand extends Command<{ readonly name: string }> {
  constructor(
    readonly name: string,
    readonly demandVersion: (rowVersion: number) => void,
  ) {
    super();
  }
}
