import {
  type EngineHealth,
  type ExamineReply,
  type ImageReply,
  type InspectReply,
  type LogsReply,
  type ProbesReply,
  type StatsReply,
} from '@app/contracts';
import { EngineQuestions } from './engine-questions';
import { UsageSamples } from './usage-samples';

const never = (): Promise<never> => Promise.reject(new Error('not asked here'));
const replica = { replica: 0, cpu_percent: 2, memory_bytes: 10, memory_limit_bytes: 100, pids: 1 };

class MeasuringEngine extends EngineQuestions {
  readonly asked: string[] = [];
  running = 0;
  most = 0;
  reply: StatsReply = { replicas: [replica, { ...replica, replica: 1 }] };

  override async stats(id: string): Promise<StatsReply> {
    this.asked.push(id);
    this.running += 1;
    this.most = Math.max(this.most, this.running);
    await Promise.resolve();
    this.running -= 1;
    if (id === 'silent') throw new Error('nobody listens');
    return this.reply;
  }
  override logs(): Promise<LogsReply> {
    return never();
  }
  override probes(): Promise<ProbesReply> {
    return never();
  }
  override inspect(): Promise<InspectReply> {
    return never();
  }
  override examine(): Promise<ExamineReply> {
    return never();
  }
  override image(): Promise<ImageReply> {
    return never();
  }
  override health(): Promise<EngineHealth> {
    return never();
  }
}

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 200; turn += 1) await Promise.resolve();
};

describe('UsageSamples', () => {
  let engine: MeasuringEngine;
  let samples: UsageSamples;
  beforeEach(() => {
    engine = new MeasuringEngine();
    samples = new UsageSamples(engine);
  });

  it('answers with what was measured before, all containers together', async () => {
    samples.ask(['a']);
    expect(samples.of('a')).toEqual([]);
    await settled();
    expect(samples.of('a')).toMatchObject([{ cpuPercent: 4, memoryBytes: 20, memoryLimitBytes: 200 }]);
  });

  it('measures again only when the last time is a while ago', async () => {
    samples.ask(['a']);
    await settled();
    samples.ask(['a']);
    await settled();
    expect(engine.asked).toEqual(['a']);
    samples.ask(['a'], Date.now() + 10_000);
    await settled();
    expect(engine.asked).toEqual(['a', 'a']);
  });

  it('asks few at once, and leaves a gap where nobody answers', async () => {
    samples.ask(['silent', ...Array.from({ length: 40 }, (_, at) => `i${String(at)}`)]);
    await settled();
    expect(engine.asked).toHaveLength(41);
    expect(engine.most).toBeLessThanOrEqual(4);
    expect(samples.of('silent')).toEqual([]);
  });

  it('forgets what was not asked for the longest time', async () => {
    const ids = (from: number) => Array.from({ length: 200 }, (_, at) => `i${String(from + at)}`);
    for (const from of [0, 200, 400]) {
      samples.ask(ids(from));
      await settled();
      await settled();
    }
    expect(samples.of('i0')).toEqual([]);
    expect(samples.of('i599')).toHaveLength(1);
  });
});
