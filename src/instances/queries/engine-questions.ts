import { type EngineHealth, type InspectReply, type LogsReply, type StatsReply } from '@app/contracts';

/** Questions that need an answer now, to whoever holds the engine; each may fail because nobody does. */
export abstract class EngineQuestions {
  abstract logs(instanceId: string, tail: number): Promise<LogsReply>;
  abstract stats(instanceId: string): Promise<StatsReply>;
  abstract inspect(instanceId: string): Promise<InspectReply>;
  abstract health(): Promise<EngineHealth>;
}
