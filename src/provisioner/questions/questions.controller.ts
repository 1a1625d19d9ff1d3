import { Controller, Logger, UseFilters } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { ENGINE_PATTERNS, type Examination, EXAMINATIONS } from '@app/contracts';
import { DatabaseClock } from '@app/database';
import { isUuid } from '@app/kernel';
import { KeepErrorFilter } from '@app/queues';
import { Keyring, UnsignedRequestError, verifyRequest } from '@app/security';
import { from, mergeMap, NEVER, type Observable } from 'rxjs';
import { Provisioner } from '../provisioner';
import { type EngineAnswers } from './engine-answers';

const DEFAULT_TAIL = 200;

/**
 * Questions over the request-reply microservice. Over Redis every provisioner hears every question, so one that does
 * not hold the lease, or gets a message without our signature, stays silent: the asker's timeout covers it.
 */
@Controller()
// Without it every error is called "Internal server error", and whoever asked learns nothing.
@UseFilters(KeepErrorFilter)
export class QuestionsController {
  readonly #logger = new Logger(QuestionsController.name);

  constructor(
    private readonly provisioner: Provisioner,
    private readonly keyring: Keyring,
    private readonly clock: DatabaseClock,
  ) {}

  @MessagePattern(ENGINE_PATTERNS.logs)
  logs(@Payload() message: unknown): Observable<unknown> {
    return this.#answer(ENGINE_PATTERNS.logs, message, (answers, request) =>
      answers.logs(instanceIdOf(request), tailOf(request)),
    );
  }

  @MessagePattern(ENGINE_PATTERNS.stats)
  stats(@Payload() message: unknown): Observable<unknown> {
    return this.#answer(ENGINE_PATTERNS.stats, message, (answers, request) =>
      answers.stats(instanceIdOf(request)),
    );
  }

  @MessagePattern(ENGINE_PATTERNS.probes)
  probes(@Payload() message: unknown): Observable<unknown> {
    return this.#answer(ENGINE_PATTERNS.probes, message, (answers, request) =>
      Promise.resolve(answers.probes(instanceIdOf(request))),
    );
  }

  @MessagePattern(ENGINE_PATTERNS.inspect)
  inspect(@Payload() message: unknown): Observable<unknown> {
    return this.#answer(ENGINE_PATTERNS.inspect, message, (answers, request) =>
      answers.inspect(instanceIdOf(request)),
    );
  }

  @MessagePattern(ENGINE_PATTERNS.image)
  image(@Payload() message: unknown): Observable<unknown> {
    return this.#answer(ENGINE_PATTERNS.image, message, (answers, { image }) =>
      answers.image(typeof image === 'string' ? image : ''),
    );
  }

  @MessagePattern(ENGINE_PATTERNS.examine)
  examine(@Payload() message: unknown): Observable<unknown> {
    return this.#answer(ENGINE_PATTERNS.examine, message, (_answers, request) =>
      this.provisioner.examiner.examine(instanceIdOf(request), examinationOf(request)),
    );
  }

  @MessagePattern(ENGINE_PATTERNS.health)
  health(@Payload() message: unknown): Observable<unknown> {
    return this.#answer(ENGINE_PATTERNS.health, message, (answers) => Promise.resolve(answers.health()));
  }

  #answer(
    pattern: string,
    message: unknown,
    ask: (answers: EngineAnswers, request: Record<string, unknown>) => Promise<object>,
  ): Observable<unknown> {
    if (!this.provisioner.isActive()) return NEVER;
    return from(this.#verified(pattern, message)).pipe(
      mergeMap((request) => (request === undefined ? NEVER : ask(this.provisioner.answers, request))),
    );
  }

  async #verified(pattern: string, message: unknown): Promise<Record<string, unknown> | undefined> {
    try {
      const request = verifyRequest(this.keyring, pattern, message, await this.clock.nowMs());
      return typeof request === 'object' && request !== null ? (request as Record<string, unknown>) : {};
    } catch (error) {
      if (!(error instanceof UnsignedRequestError)) throw error;
      this.#logger.warn({ pattern, reason: error.message, msg: 'a question was not answered' });
      return undefined;
    }
  }
}

function instanceIdOf({ instance_id }: Record<string, unknown>): string {
  if (typeof instance_id !== 'string' || !isUuid(instance_id)) throw new Error('instance_id must be a UUID');
  return instance_id;
}

const tailOf = ({ tail }: Record<string, unknown>): number =>
  typeof tail === 'number' ? tail : DEFAULT_TAIL;

function examinationOf({ what }: Record<string, unknown>): Examination {
  const known = EXAMINATIONS.find((each) => each === what);
  if (known === undefined) throw new Error('what must name an examination');
  return known;
}
