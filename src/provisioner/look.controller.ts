import { Controller, Logger, UseFilters } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { PROVISIONING_COMMANDS, type ReconcileInstanceV1 } from '@app/contracts';
import { isUuid } from '@app/kernel';
import { KeepErrorFilter, QueueSet } from '@app/queues';
import { requestContext } from '@app/telemetry';
import { Provisioner } from './provisioner';

/** Long enough that two who wait do not play ball, short enough that nobody notices. */
const HAND_ON_AFTER_MS = 500;

/** Takes "look at this instance" from the queue. What the look finds decides; the message is forgotten at once. */
@Controller()
// Without it every error is called "Internal server error", and whoever asked learns nothing.
@UseFilters(KeepErrorFilter)
export class LookController {
  readonly #logger = new Logger(LookController.name);

  constructor(
    private readonly provisioner: Provisioner,
    private readonly queues: QueueSet,
  ) {}

  @MessagePattern(PROVISIONING_COMMANDS)
  async look(@Payload() message: unknown): Promise<void> {
    if (!isReconcile(message)) {
      this.#logger.warn('a message that is no "look" was dropped');
      return;
    }
    const { instance_id: id, generation, seen_sequence: seen } = message;
    if (!this.provisioner.isActive()) {
      await this.#handOn(message);
      return;
    }
    if (typeof seen === 'number') this.provisioner.heard(id, seen);
    this.provisioner.look(id, generation, requestContext.get()?.traceparent);
  }

  /** Whoever stands by takes messages off the same queue; the holder of the lease is to have them. */
  #handOn(message: ReconcileInstanceV1): Promise<void> {
    const { instance_id: id } = message;
    return this.queues.add([
      {
        queue: PROVISIONING_COMMANDS,
        data: message,
        delayMs: HAND_ON_AFTER_MS,
        dedupe: { id: `handed-on-${id}`, ttlMs: HAND_ON_AFTER_MS },
      },
    ]);
  }
}

function isReconcile(message: unknown): message is ReconcileInstanceV1 {
  if (typeof message !== 'object' || message === null) return false;
  const { v, instance_id, generation } = message as Partial<ReconcileInstanceV1>;
  return v === 1 && typeof instance_id === 'string' && isUuid(instance_id) && typeof generation === 'number';
}
