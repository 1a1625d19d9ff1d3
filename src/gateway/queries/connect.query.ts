import { Query } from '@nestjs/cqrs';
import { type ClientDefinition, type ConnectTarget } from '../clients';

export interface ConnectView {
  readonly client: ClientDefinition;
  readonly target: ConnectTarget;
}

/** How a client is connected to an instance, an endpoint, or everything. */
export class ConnectQuery extends Query<ConnectView> {
  constructor(
    /** `all`, `instance:<name>`, `endpoint:<name>`, or a name: an instance's before an endpoint's. */
    readonly target: string,
    readonly client: string,
  ) {
    super();
  }
}
