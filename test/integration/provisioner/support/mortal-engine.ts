import { type ContainerEngine } from '@app/container-engine';
import { FencedEngine } from '../../../../src/provisioner/engine/fenced-engine';

/** What one provisioner sees of an engine: when that provisioner dies, the engine and what runs in it stay. */
export class MortalEngine extends FencedEngine {
  constructor(engine: ContainerEngine, isAlive: () => boolean) {
    super(engine, isAlive, () => undefined);
  }

  override close(): Promise<void> {
    return Promise.resolve();
  }
}
