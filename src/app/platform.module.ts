import { type DynamicModule, Global, Module, type Provider } from '@nestjs/common';
import { Database, DatabaseClock } from '@app/database';
import { Cursors } from '@app/http';
import { EventAppender } from '@app/outbox';
import { Inbox, PubSub, QueueSet } from '@app/queues';
import { EgressPolicy, Keyring } from '@app/security';
import { Metrics, Scrubber } from '@app/telemetry';
import { EngineQuestions } from '../instances';
import { EngineQuestionsClient } from './engine-questions.client';
import { type Platform } from './platform';

const value = (
  provide: Provider extends infer P ? (P extends { provide: infer T } ? T : never) : never,
  useValue: unknown,
): Provider => ({
  provide,
  useValue,
});

/** Hands the opened parts to every context, by their classes; the contexts' option classes are made by the roots. */
@Global()
@Module({})
export class PlatformModule {
  static with(platform: Platform, options: readonly object[]): DynamicModule {
    const providers: Provider[] = [
      value(Database, platform.database),
      value(DatabaseClock, new DatabaseClock(platform.database)),
      value(QueueSet, platform.queues),
      value(PubSub, platform.pubsub),
      value(EventAppender, platform.appender),
      value(Inbox, platform.inbox),
      value(Keyring, platform.keyring),
      value(Scrubber, platform.scrubber),
      value(Metrics, platform.metrics),
      value(Cursors, platform.cursors),
      value(EgressPolicy, platform.egress),
      ...options.map((option) => value(option.constructor, option)),
      { provide: EngineQuestions, useClass: EngineQuestionsClient },
    ];
    return { module: PlatformModule, providers, exports: providers };
  }
}
