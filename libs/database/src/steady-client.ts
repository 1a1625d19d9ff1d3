import { Client, type ClientConfig } from 'pg';

/**
 * A connection of the pool that nothing can end the process with. The pool stops listening when it hands a connection out, and
 * whoever takes it begins to a moment later: a server that says farewell in between would be told to nobody, and what nobody
 * hears ends a process. Whoever uses the connection learns of it by the next statement in any case.
 */
export class SteadyClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}
