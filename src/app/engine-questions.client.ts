import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { DatabaseClock } from '@app/database';
import { DomainError } from '@app/kernel';
import {
  ENGINE_PATTERNS,
  type EngineHealth,
  type Examination,
  type ExamineReply,
  type ImageReply,
  type InspectReply,
  type LogsReply,
  type ProbesReply,
  type StatsReply,
} from '@app/contracts';
import { Keyring, signRequest } from '@app/security';
import { firstValueFrom, timeout } from 'rxjs';
import { EngineQuestions } from '../instances';
import { type Asker, RequestReply } from './request-reply';

/** Nobody listening is silence, not an error: every question ends by this. */
const ANSWER_LIMIT_MS = 5_000;
/** An examination asks somebody else in turn, and ends by itself before. */
const EXAMINATION_LIMIT_MS = 12_000;

export class ProvisionerSilentError extends DomainError {
  readonly code = 'provisioner_silent';
  readonly kind = 'unavailable';
  readonly title = 'The provisioner does not answer';
  override readonly hint = 'Look at /health; the provisioner may be starting, or another one is taking over.';

  constructor(cause: unknown) {
    super('The provisioner did not answer in time.', { cause, retryAfterS: 5 });
  }
}

/** Questions to the holder of the engine's lease. */
@Injectable()
export class EngineQuestionsClient extends EngineQuestions implements OnModuleDestroy {
  private readonly client: Asker;

  constructor(
    private readonly keyring: Keyring,
    private readonly clock: DatabaseClock,
    transport: RequestReply,
  ) {
    super();
    this.client = transport.client();
  }

  override logs(instanceId: string, tail: number): Promise<LogsReply> {
    return this.ask(ENGINE_PATTERNS.logs, { instance_id: instanceId, tail });
  }

  override stats(instanceId: string): Promise<StatsReply> {
    return this.ask(ENGINE_PATTERNS.stats, { instance_id: instanceId });
  }

  override probes(instanceId: string): Promise<ProbesReply> {
    return this.ask(ENGINE_PATTERNS.probes, { instance_id: instanceId });
  }

  override inspect(instanceId: string): Promise<InspectReply> {
    return this.ask(ENGINE_PATTERNS.inspect, { instance_id: instanceId });
  }

  override image(reference: string): Promise<ImageReply> {
    return this.ask(ENGINE_PATTERNS.image, { image: reference });
  }

  override examine(instanceId: string, what: Examination): Promise<ExamineReply> {
    return this.ask(ENGINE_PATTERNS.examine, { instance_id: instanceId, what }, EXAMINATION_LIMIT_MS);
  }

  override health(): Promise<EngineHealth> {
    return this.ask(ENGINE_PATTERNS.health, {});
  }

  async onModuleDestroy(): Promise<void> {
    await this.client.close();
  }

  private async ask<T>(pattern: string, question: object, limitMs = ANSWER_LIMIT_MS): Promise<T> {
    try {
      const message = signRequest(this.keyring, pattern, question, await this.clock.nowMs());
      return await firstValueFrom(this.client.send<T>(pattern, message).pipe(timeout(limitMs)));
    } catch (error) {
      throw new ProvisionerSilentError(error);
    }
  }
}
