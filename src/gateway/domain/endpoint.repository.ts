import { type Scope } from '@app/kernel';
import { type VirtualEndpoint } from './virtual-endpoint';

/** Call its methods inside a transaction: an endpoint and its events are stored together or not at all. */
export abstract class EndpointRepository {
  /** Locks the row, so that of two changes the second sees the first. */
  abstract load(scope: Scope, name: string): Promise<VirtualEndpoint>;
  abstract add(scope: Scope, endpoint: VirtualEndpoint): Promise<void>;
  abstract save(scope: Scope, endpoint: VirtualEndpoint): Promise<void>;
  /** With what was granted on it: a later one of the same name is another one. */
  abstract remove(scope: Scope, endpoint: VirtualEndpoint): Promise<void>;
}
