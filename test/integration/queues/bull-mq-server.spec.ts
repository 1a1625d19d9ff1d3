import { Controller, type INestMicroservice, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, MessagePattern, Payload, type MicroserviceOptions } from '@nestjs/microservices';

import { MAINTENANCE, PROVISIONING_COMMANDS } from '@app/contracts';
import { BullMqServer, KeepErrorFilter, QueueContext, QueueSet, UnrecoverableError } from '@app/queues';
import { eventually } from '@app/testing';

import { onEachBackend } from './backends';

const received: { data: unknown; queue: string; attempt: number }[] = [];

@Controller()
class Consumers {
  @MessagePattern(PROVISIONING_COMMANDS)
  look(@Payload() data: { n: number }, @Ctx() context: QueueContext): Promise<string> {
    received.push({ data, queue: context.queue, attempt: context.meta.attempt });
    return data.n === 0
      ? Promise.reject(new UnrecoverableError('no instance 0'))
      : Promise.resolve('ignored');
  }

  @MessagePattern(MAINTENANCE)
  keep(@Payload() data: unknown, @Ctx() context: QueueContext): void {
    received.push({ data, queue: context.queue, attempt: context.meta.attempt });
    if (context.meta.attempt === 1) throw new Error('once more');
  }
}

@Module({ controllers: [Consumers] })
class ConsumersModule {}

onEachBackend((fixture) => {
  let set: QueueSet;
  let server: BullMqServer;
  let service: INestMicroservice;
  beforeAll(async () => {
    received.length = 0;
    set = new QueueSet(fixture().backend);
    server = new BullMqServer(fixture().backend, { concurrency: { default: 2 } });
    service = await NestFactory.createMicroservice<MicroserviceOptions>(ConsumersModule, {
      strategy: server,
      logger: false,
    });
    service.useGlobalFilters(new KeepErrorFilter());
    await service.listen();
  });
  afterAll(async () => {
    await service.close();
    await set.close();
  });

  it('brings a message to the handler of its queue, and tries again what failed', async () => {
    await set.add([
      { queue: PROVISIONING_COMMANDS, data: { n: 1 } },
      { queue: MAINTENANCE, data: { task: 'sweep' } },
    ]);

    await eventually(() => {
      expect(received).toEqual(
        expect.arrayContaining([
          { data: { n: 1 }, queue: PROVISIONING_COMMANDS, attempt: 1 },
          { data: { task: 'sweep' }, queue: MAINTENANCE, attempt: 1 },
          { data: { task: 'sweep' }, queue: MAINTENANCE, attempt: 2 },
        ]),
      );
    });
  });

  it('keeps the words of an error, and one attempt where another cannot help', async () => {
    await set.add([{ queue: PROVISIONING_COMMANDS, data: { n: 0 } }]);

    await eventually(async () => {
      expect(await fixture().failedReasons(PROVISIONING_COMMANDS)).toEqual(['no instance 0']);
    });
    expect(received.filter(({ data }) => (data as { n?: number }).n === 0)).toHaveLength(1);
  });

  it('tells the health of each queue', async () => {
    await eventually(() => {
      expect([...server.states()].map(([queue, { healthy }]) => [queue, healthy])).toEqual([
        [PROVISIONING_COMMANDS, true],
        [MAINTENANCE, true],
      ]);
    });
  });
});
