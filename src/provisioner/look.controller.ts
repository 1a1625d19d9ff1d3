import { Controller, Logger, UseFilters } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { type InstanceToReconcile, PROVISIONING_COMMANDS, type ReconcileInstanceV1 } from '@app/contracts';
import { isUuid } from '@app/kernel';
import { KeepErrorFilter, QueueSet } from '@app/queues';
import { requestContext } from '@app/telemetry';
import { Provisioner } from './provisioner';

/** Long enough that two who wait do not play ball, short enough that nobody notices. */
const HAND_ON_AFTER_MS = 500;

/** Takes "look at these instances" from the queue. What the looks find decides; the message is forgotten at once. */
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
    if (!this.provisioner.isActive()) {
      await this.#handOn(message);
      return;
    }
    const asker = requestContext.get()?.traceparent;
    for (const one of [message, ...(message.others ?? [])]) {
      const { instance_id: id, generation, seen_sequence: seen } = one;
      if (typeof seen === 'number') this.provisioner.heard(id, seen);
      this.provisioner.look(id, generation, asker);
    }
  }

  /** Whoever stands by takes messages off the same queue; the holder of the lease is to have them. */
  #handOn(message: ReconcileInstanceV1): Promise<void> {
    const id = message.others === undefined ? message.instance_id : `sweep-${message.instance_id}`;
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
  if (!isInstance(message)) return false;
  const { v, others } = message as Partial<ReconcileInstanceV1>;
  return v === 1 && (others === undefined || (Array.isArray(others) && others.every(isInstance)));
}

function isInstance(value: unknown): value is InstanceToReconcile {
  if (typeof value !== 'object' || value === null) return false;
  const { instance_id: id, generation } = value as Partial<InstanceToReconcile>;
  return typeof id === 'string' && isUuid(id) && typeof generation === 'number';
}
