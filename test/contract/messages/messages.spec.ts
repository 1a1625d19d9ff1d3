import { Ajv2020 } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import {
  MAINTENANCE,
  type NOTIFICATIONS_DELIVER,
  PIPELINES_ADVANCE,
  PROVISIONING_COMMANDS,
  PROVISIONING_STATUS,
  type QueueName,
  QUEUES,
  TASKS_DISPATCH,
  TASKS_TOOLS,
} from '@app/contracts';
import { type JsonObject } from '@app/kernel';
import { QUEUE_MESSAGES } from '../../../src/app/asyncapi/queue-messages';
import { MaintenanceConsumer } from '../../../src/instances/maintenance/maintenance.consumer';
import { parseStatusReports } from '../../../src/instances/projections/status-report.schema';
import { AdvanceConsumer } from '../../../src/pipelines/engine/advance.consumer';
import { ToolTaskConsumer } from '../../../src/pipelines/tools/tool-task.consumer';
import { LookController } from '../../../src/provisioner/look.controller';
import { PushConsumer } from '../../../src/tasks/push/push.consumer';
import messages from './version-1.json';

/** As they were sent when version 1 was laid down. They are never changed: a queue may hold one of an older process. */
const VERSION_1: Readonly<Record<QueueName, readonly JsonObject[]>> = messages;

const INSTANCE = '3b1f6f1e-7a56-4f0e-9a0c-0d6a2f0b8c11';
const OTHER = '9a0c3b1f-7a56-4f0e-8f4e-0d6a2f0b8c12';
const TASK = '5d2e9b0a-1c3f-4a8e-b6d7-2f1e0c9a8b41';

const every = QUEUES.flatMap((queue) => VERSION_1[queue].map((message) => [queue, message] as const));

/** Carried out by the consumer itself, up to the part that would do it: what that part was asked to do. */
type Reading = (message: unknown) => Promise<unknown>;

const queues = { backend: { kind: 'redis', url: 'redis://127.0.0.1:1' } };

type Consumer = new (...parts: never[]) => { handle(message: unknown): Promise<void> };

/** A consumer in front of a part that writes down what it is asked. Nothing is started: it needs no more than it is given. */
const reading =
  (consumer: Consumer, method: string): Reading =>
  async (message) => {
    const asked: unknown[] = [];
    const part = { [method]: (...what: unknown[]) => Promise.resolve(void asked.push(...what)) };
    const parts: unknown[] = [queues, part, part, part];
    await new consumer(...(parts as never[])).handle(message);
    return asked;
  };

const READINGS: Readonly<Record<Exclude<QueueName, typeof NOTIFICATIONS_DELIVER>, Reading>> = {
  [PROVISIONING_COMMANDS]: async (message) => {
    const asked: unknown[] = [];
    const write = (...what: unknown[]) => void asked.push(...what.filter((each) => each !== undefined));
    const provisioner = { isActive: () => true, heard: write, look: write };
    const parts = [provisioner, queues] as unknown as ConstructorParameters<typeof LookController>;
    await new LookController(...parts).look(message);
    return asked;
  },
  [PROVISIONING_STATUS]: (message) => Promise.resolve(parseStatusReports(message)),
  [MAINTENANCE]: reading(MaintenanceConsumer, 'run'),
  [TASKS_DISPATCH]: reading(PushConsumer, 'look'),
  [TASKS_TOOLS]: reading(ToolTaskConsumer, 'begin'),
  [PIPELINES_ADVANCE]: reading(AdvanceConsumer, 'advanceIfDue'),
};

describe('messages of version 1', () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);

  it.each(QUEUES)('of %s are kept here', (queue) => {
    expect(VERSION_1[queue].length).toBeGreaterThan(0);
  });

  it.each(every)('of %s are what the document says: %j', (queue, message) => {
    const validate = ajv.compile(QUEUE_MESSAGES[queue].payload);
    expect([validate(message), validate.errors]).toEqual([true, null]);
  });

  it.each([
    [
      PROVISIONING_COMMANDS,
      [
        [INSTANCE, 1],
        [INSTANCE, 2_000_000_017, INSTANCE, 3],
        [INSTANCE, 2_000_000_017, INSTANCE, 3, OTHER, 0, OTHER, 1],
      ],
    ],
    [PROVISIONING_STATUS, [{ ...VERSION_1[PROVISIONING_STATUS][0], v: undefined, faults: [] }]],
    [MAINTENANCE, [[], [], [], [VERSION_1[MAINTENANCE][3]]]],
    [TASKS_DISPATCH, [[TASK], [TASK]]],
    [TASKS_TOOLS, [[TASK, 1]]],
    [PIPELINES_ADVANCE, [['7c4b3a29-8d1e-4f60-a5b4-1e0d9c8b7a51']]],
  ] as const)('of %s are understood by who takes them today', async (queue, asked) => {
    const readings = VERSION_1[queue].map((message) => READINGS[queue](message));
    expect(await Promise.all(readings)).toEqual(asked);
  });

  it.each(Object.entries(READINGS))('of a version to come are not misread: %s', async (queue, read) => {
    for (const message of VERSION_1[queue as QueueName]) {
      const answer = await read({ ...message, v: 2, reports: [{ v: 2 }] }).catch((error: unknown) => error);
      const isRefused = answer instanceof Error || JSON.stringify(answer).includes('faults');
      expect([isRefused || JSON.stringify(answer) === '[]', answer]).toEqual([true, answer]);
    }
  });
});
