import { type VirtualEndpoint } from './virtual-endpoint';

/** Call its methods inside a transaction: an endpoint and its events are stored together or not at all. */
export abstract class EndpointRepository {
  /** Locks the row, so that of two changes the second sees the first. */
  abstract load(name: string): Promise<VirtualEndpoint>;
  abstract add(endpoint: VirtualEndpoint): Promise<void>;
  abstract save(endpoint: VirtualEndpoint): Promise<void>;
  abstract remove(endpoint: VirtualEndpoint): Promise<void>;
}
