import { type INestMicroservice } from '@nestjs/common';
import { type ClientProxy, ClientProxyFactory, Transport } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { firstValueFrom, timeout } from 'rxjs';
import { ENGINE_PATTERNS, type InstanceSpec } from '@app/contracts';
import { DatabaseClock } from '@app/database';
import { QueueSet } from '@app/queues';
import { Keyring, signRequest } from '@app/security';
import { eventually, freePort } from '@app/testing';
import { Provisioner } from '../../../src/provisioner';
import { LookController } from '../../../src/provisioner/look.controller';
import { QuestionsController } from '../../../src/provisioner/questions/questions.controller';
import { IMAGE, type Process, World } from './support/world';

const SPEC: InstanceSpec = { type: 'docker', image: IMAGE };
const ANSWER_WITHIN_MS = 30_000;
/** Long enough that an answer would have come, short enough to wait for. */
const SILENCE_MS = 1_000;

/** The world starts and stops it; the module must not do so once more. */
const withoutHooks = (
  provisioner: Provisioner,
): Pick<Provisioner, 'isActive' | 'look' | 'answers' | 'examiner'> => ({
  isActive: () => provisioner.isActive(),
  look: (instanceId, generation) => {
    provisioner.look(instanceId, generation);
  },
  answers: provisioner.answers,
  examiner: provisioner.examiner,
});

describe('questions to the provisioner', () => {
  let world: World;
  let process: Process;
  let service: INestMicroservice;
  let client: ClientProxy;

  beforeAll(async () => {
    world = await World.open();
    process = await world.start();
    const module = await Test.createTestingModule({
      controllers: [QuestionsController, LookController],
      providers: [
        { provide: Provisioner, useValue: withoutHooks(process.provisioner) },
        { provide: Keyring, useValue: world.keyring },
        { provide: DatabaseClock, useValue: new DatabaseClock(world.db) },
        { provide: QueueSet, useValue: world.queues },
      ],
    }).compile();
    const options = { host: '127.0.0.1', port: await freePort() };
    service = module.createNestMicroservice({ transport: Transport.TCP, options });
    await service.listen();
    client = ClientProxyFactory.create({ transport: Transport.TCP, options });
  });
  afterAll(async () => {
    await client.close();
    await service.close();
    await world.close();
  });

  const sign = (pattern: string, request: object) => signRequest(world.keyring, pattern, request, Date.now());
  const ask = (pattern: string, request: object, withinMs = ANSWER_WITHIN_MS): Promise<unknown> =>
    firstValueFrom(client.send<unknown>(pattern, request).pipe(timeout(withinMs)));
  const signed = (pattern: string, request: object): Promise<unknown> => ask(pattern, sign(pattern, request));

  it('are answered with scrubbed logs, figures and facts', async () => {
    world.secrets.set('secret_ref:shared:KEY', 'value-that-must-not-leave');
    world.scrubber.learn('value-that-must-not-leave');
    const id = await world.want(SPEC);
    await world.reaches(id, 'running');
    const container = world.containersOf(id)[0]!;
    world.docker.print(container.id, 'started with value-that-must-not-leave');
    await eventually(async () => {
      expect(await signed(ENGINE_PATTERNS.logs, { instance_id: id, tail: 10 })).toEqual({
        lines: ['started with [redacted]'],
        live: true,
      });
    });
    expect(await signed(ENGINE_PATTERNS.stats, { instance_id: id })).toMatchObject({
      replicas: [{ replica: 0, pids: 1 }],
    });
    expect(await signed(ENGINE_PATTERNS.inspect, { instance_id: id })).toMatchObject({
      engine: { ok: true },
      containers: [{ replica: 0, id: container.id, state: 'running', oom_killed: false }],
      image_present: true,
    });
  });

  it('are answered with the last words of a container that is gone', async () => {
    const id = await world.want({ ...SPEC, image: IMAGE });
    await world.reaches(id, 'running');
    const { id: containerId } = world.containersOf(id)[0]!;
    world.docker.print(containerId, 'the end');
    world.docker.exit(containerId, { exitCode: 1 });
    await eventually(() => {
      expect(world.reports(id).some(({ last_error }) => last_error?.exit_code === 1)).toBe(true);
    });
    await world.change(id, { state: 'stopped' });
    await world.reaches(id, 'stopped');
    expect(await signed(ENGINE_PATTERNS.logs, { instance_id: id, tail: 10 })).toEqual({
      lines: ['the end'],
      live: false,
    });
  });

  it('say how each engine is', async () => {
    expect(await signed(ENGINE_PATTERNS.health, {})).toMatchObject({
      kind: 'memory',
      ok: true,
      engines: [{ ok: true }, { ok: true }],
    });
  });

  it('meet silence when they are not signed, or signed for another question', async () => {
    const stolen = sign(ENGINE_PATTERNS.health, {});
    await expect(ask(ENGINE_PATTERNS.health, {}, SILENCE_MS)).rejects.toThrow('Timeout');
    await expect(ask(ENGINE_PATTERNS.logs, stolen, SILENCE_MS)).rejects.toThrow('Timeout');
  });

  it('meet silence when the provisioner does not hold the lease', async () => {
    await process.provisioner.leadership.stop();
    const question = sign(ENGINE_PATTERNS.health, {});
    await expect(ask(ENGINE_PATTERNS.health, question, SILENCE_MS)).rejects.toThrow('Timeout');
  });
});
