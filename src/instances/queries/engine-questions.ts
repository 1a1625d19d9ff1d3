import {
  type EngineHealth,
  type Examination,
  type ExamineReply,
  type ImageReply,
  type InspectReply,
  type LogsReply,
  type ProbesReply,
  type StatsReply,
} from '@app/contracts';

/** Questions that need an answer now, to whoever holds the engine; each may fail because nobody does. */
export abstract class EngineQuestions {
  abstract logs(instanceId: string, tail: number): Promise<LogsReply>;
  abstract stats(instanceId: string): Promise<StatsReply>;
  /** How it answered when it was asked lately whether it serves. */
  abstract probes(instanceId: string): Promise<ProbesReply>;
  abstract inspect(instanceId: string): Promise<InspectReply>;
  /** Whether an image is there or could be had; nothing is downloaded. */
  abstract image(reference: string): Promise<ImageReply>;
  /** Asks the server itself, with the credentials and by the ways of the prober. */
  abstract examine(instanceId: string, what: Examination): Promise<ExamineReply>;
  abstract health(): Promise<EngineHealth>;
}
