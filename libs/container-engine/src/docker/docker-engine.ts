import { MemoryEngine } from '../memory/memory-engine';
export interface DockerEngineOptions {
  /** `unix:///path`, `npipe:////./pipe/name`, `http://host:port` or `https://host:port`. */
  readonly host: string;
  /** From this range each instance's network gets a /28. */
  readonly subnetRange?: string;
  /** The static program that hands secrets over; without it they can only be given in the open. */
  readonly launcherPath?: string;
  /** A folder on a tmpfs that the engine sees under the same path. */
  readonly secretsFolder?: string;
  readonly runtime?: 'runc' | 'runsc' | 'kata';
  readonly tls?: { readonly ca: string; readonly cert: string; readonly key: string };
}
export class DockerEngine extends MemoryEngine {
  constructor(readonly dockerOptions: DockerEngineOptions) {
    super();
  }
}
