import { eventually } from '@app/testing';
import { ControlPlane } from '../control-plane';
import { StatusConsumer } from '../../../src/instances';
import { report } from './report';

const INSTANCES = '/api/v1/mcp/instances';

describe('the log of an instance', () => {
  let plane: ControlPlane;
  let consumer: StatusConsumer;

  beforeAll(async () => {
    plane = await ControlPlane.start();
    consumer = await plane.worker(StatusConsumer);
  }, 180_000);
  afterAll(() => plane.stop());

  const create = async (name: string): Promise<{ readonly id: string }> => {
    const json_spec = { type: 'docker', image: 'a:1' };
    return (await plane.request<{ id: string }>('POST', INSTANCES, { name, json_spec })).body;
  };

  it('follows a log as events', async () => {
    const { id } = await create('logged');
    plane.engine.log = { lines: ['one', 'two'], live: true };
    const asked = jest.spyOn(plane.engine, 'logs');
    const stream = plane.request('GET', `${INSTANCES}/logged/logs?follow=true`);
    // It could be gone before somebody looked it up for who wants to follow.
    await eventually(() => {
      expect(asked).toHaveBeenCalled();
    });
    await consumer.handle(report(id, 1, 1, 'running'));
    await plane.request('DELETE', `${INSTANCES}/logged`);
    await consumer.handle(report(id, 2, 2, 'deleted'));
    const { headers, text } = await stream;
    expect(String(headers['content-type'])).toContain('text/event-stream');
    expect(text).toContain('data: "one"\n\nevent: line\ndata: "two"');
    expect(text.trimEnd().endsWith('event: end\ndata: {}')).toBe(true);
  });

  it('says that nobody answers, instead of showing an empty log', async () => {
    const { id } = await create('silent');
    plane.engine.log = undefined;
    for (const query of ['', '?follow=true']) {
      const { status, body } = await plane.request('GET', `${INSTANCES}/silent/logs${query}`);
      expect([status, body['code']]).toEqual([503, 'provisioner_silent']);
    }
    // Better than nothing: what was written down when it failed.
    const at = new Date().toISOString();
    const last_error = { message: 'exited 1', exit_code: 1, oom_killed: false, output: ['the end'], at };
    await consumer.handle(report(id, 1, 1, 'failed', { last_error }));
    expect((await plane.request('GET', `${INSTANCES}/silent/logs`)).text).toBe('the end\n');
  });
});
