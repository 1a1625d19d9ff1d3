import { ControlPlane } from '../control-plane';

const INSTANCES = '/api/v1/mcp/instances';

describe('the names of instances', () => {
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await ControlPlane.start();
  }, 180_000);

  afterAll(() => plane.stop());

  it.each(['A', 'bulk', '-x', 'a__b', 'x'.repeat(64)])('refuses the name "%s"', async (name) => {
    const { status, text } = await plane.request('POST', INSTANCES, { name, template: 'echo' });
    expect(status).toBe(422);
    expect(text.length).toBeLessThan(2_000);
  });

  it('refuses a name of a megabyte without repeating it', async () => {
    const { status, text } = await plane.request('POST', INSTANCES, {
      name: 'x'.repeat(1_000_000),
      template: 'echo',
    });
    expect([413, 422]).toContain(status);
    expect(text.length).toBeLessThan(4_000);
  });

  it('lets exactly one of twenty racing creates have the name', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        plane.request<{ readonly code: string }>('POST', INSTANCES, { name: 'raced', template: 'echo' }),
      ),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    const others = answers.filter(({ status }) => status !== 201);
    expect(new Set(others.map(({ status, body }) => `${status} ${body.code}`))).toEqual(
      new Set(['409 instance_name_taken']),
    );
  });
});
