import { setImmediate as turn } from 'node:timers/promises';
import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { eventually } from '@app/testing';
import { type InstanceScope } from '../../../src/instances/domain/instance-scope';
import { LogTail } from '../../../src/instances/queries/log-tail';
import { OperationWaiter } from '../../../src/instances/queries/operation-waiter';
import { ControlPlane } from '../control-plane';

const INSTANCES = '/api/v1/mcp/instances';
const WISH = { tail: 10, stream: 'output' } as const;
/** As many as the product lets follow at once. */
const FOLLOWERS_MAX = 32;
/** All of the workspace, for a test that asks without a request. */
const ALL: InstanceScope = {
  workspaceId: DEFAULT_WORKSPACE_ID,
  actor: 'test',
  admit: () => undefined,
  reach: () => ({ withoutIds: [] }),
};
/** A wait that is not ended by the shutdown lasts this long. */
const WAIT_S = 60;

describe('requests that stay open', () => {
  let plane: ControlPlane;
  let log: LogTail;

  beforeEach(async () => {
    plane = await ControlPlane.start();
    log = plane.app.get(LogTail, { strict: false });
    plane.engine.log = { lines: ['first line'], live: true };
    await plane.request('POST', INSTANCES, { name: 'open', json_spec: { type: 'docker', image: 'a:1' } });
  }, 180_000);

  afterEach(() => plane.stop());

  it('have a limit that holds when all of them come at once', async () => {
    const follows = await Promise.allSettled(
      Array.from({ length: FOLLOWERS_MAX + 8 }, () => log.follow(ALL, 'open', WISH)),
    );
    const refused = follows.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(8);
    expect(refused[0]).toMatchObject({ reason: { code: 'log_followers_exceeded' } });

    // One who goes makes room, whether or not it ever read.
    const [first] = follows;
    if (first?.status === 'fulfilled') await first.value.batches.next();
    if (first?.status === 'fulfilled') await first.value.batches.return(undefined);
    await expect(log.follow(ALL, 'open', WISH)).resolves.toBeDefined();
    log.beforeApplicationShutdown();
    await expect(log.follow(ALL, 'open', WISH)).resolves.toBeDefined();
    log.beforeApplicationShutdown();
  });

  it('end with a clean word when the process ends', async () => {
    const followed = plane.request('GET', `${INSTANCES}/open/logs?follow=true`);
    const waited = plane.request('POST', `${INSTANCES}/open/stop?wait=${String(WAIT_S)}`);
    await eventually(async () => {
      const { body } = await plane.request('GET', `${INSTANCES}/open`);
      expect(body['desired_state']).toBe('stopped');
    });
    const startedAtMs = performance.now();
    log.beforeApplicationShutdown();
    plane.app.get(OperationWaiter, { strict: false }).beforeApplicationShutdown();
    await turn();

    const { text } = await followed;
    expect(text).toContain('data: "first line"');
    expect(text.endsWith('event: end\ndata: {}\n\n')).toBe(true);
    expect((await waited).status).toBe(202);
    expect(performance.now() - startedAtMs).toBeLessThan((WAIT_S / 2) * 1_000);
  });
});
