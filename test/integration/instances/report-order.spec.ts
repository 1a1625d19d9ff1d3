import fc from 'fast-check';
import { INSTANCE_PHASES } from '@app/contracts';
import { StatusConsumer } from '../../../src/instances';
import { ControlPlane } from '../control-plane';
import { report } from './report';

/** Each order is a walk through the database; what the rule says is proven a thousand times in the unit specs. */
const ORDERS = 15;

describe('the read model of statuses', () => {
  let plane: ControlPlane;
  let consumer: StatusConsumer;

  beforeAll(async () => {
    plane = await ControlPlane.start();
    consumer = await plane.worker(StatusConsumer);
  }, 180_000);

  afterAll(() => plane.stop());

  const reports = fc
    .uniqueArray(
      fc.record({
        generation: fc.integer({ min: 1, max: 3 }),
        sequence: fc.integer({ min: 1, max: 30 }),
        phase: fc.constantFrom(...INSTANCE_PHASES.filter((phase) => phase !== 'deleted')),
      }),
      { minLength: 1, maxLength: 6, selector: ({ generation, sequence }) => `${generation}/${sequence}` },
    )
    .chain((once) =>
      fc.record({
        once: fc.constant(once),
        delivered: fc.shuffledSubarray([...once, ...once], { minLength: once.length }),
      }),
    );

  it('ends with the newest report, in any order and however often each is delivered', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(reports, async ({ delivered }) => {
        run += 1;
        const { body } = await plane.request<{ id: string }>('POST', '/mcp/instances', {
          name: `order-${run}`,
          template: 'echo',
        });
        const messages = delivered.map(({ generation, sequence, phase }) =>
          report(body.id, generation, sequence, phase),
        );
        await Promise.all([...messages, ...messages].map((message) => consumer.handle(message)));
        const newest = [...delivered]
          .sort((a, b) => a.generation - b.generation || a.sequence - b.sequence)
          .at(-1);
        const [row] = await plane.db.query<{ generation: number; sequence: string; phase: string }>(
          `SELECT generation, sequence, phase FROM instance_status WHERE instance_id = $1`,
          [body.id],
        );
        expect(row).toEqual({ ...newest, sequence: String(newest?.sequence) });
      }),
      { numRuns: ORDERS },
    );
  }, 180_000);

  it('keeps each phase that was reported in the history, however fast they follow each other', async () => {
    const { body } = await plane.request<{ id: string }>('POST', '/mcp/instances', {
      name: 'fast',
      template: 'echo',
    });
    const phases = ['creating', 'created', 'starting', 'running', 'restarting', 'running'] as const;
    await Promise.all(phases.map((phase, index) => consumer.handle(report(body.id, 1, index + 1, phase))));
    const told = await plane.db.query<{ name: string }>(
      `SELECT name FROM domain_event WHERE aggregate_id = $1 AND data ? 'phase' ORDER BY tx`,
      [body.id],
    );
    expect(told.map(({ name }) => name)).toEqual(phases.map((phase) => `mcp.instance.${phase}`));
  });

  it('does not lose an error whose report was overtaken, and forgets it with its generation', async () => {
    const { body } = await plane.request<{ id: string }>('POST', '/mcp/instances', {
      name: 'overtaken',
      template: 'echo',
    });
    const error = (at: string) => ({ message: 'It ended.', exit_code: 3, oom_killed: false, output: [], at });
    const errorNow = async () =>
      (
        await plane.db.query<{ last_error: unknown }>(
          `SELECT last_error FROM instance_status WHERE instance_id = $1`,
          [body.id],
        )
      )[0]?.last_error;
    const [early, late] = [error('2026-11-21T10:00:00.000Z'), error('2026-11-21T10:00:01.000Z')];
    await consumer.handle(report(body.id, 1, 3, 'running'));
    await consumer.handle(report(body.id, 1, 2, 'restarting', { last_error: late }));
    await consumer.handle(report(body.id, 1, 1, 'restarting', { last_error: early }));
    expect(await errorNow()).toEqual(late);
    await consumer.handle(report(body.id, 2, 5, 'creating'));
    await consumer.handle(report(body.id, 1, 4, 'restarting', { last_error: late }));
    expect(await errorNow()).toBeNull();
  });

  it('refuses what is no report without trying again', async () => {
    await expect(consumer.handle({ v: 2, instance_id: 'x' })).rejects.toThrow('not a status report');
  });
});
