import { type JsonObject } from '@app/kernel';
import { FrontServer } from './terminal/front-server';
import { type NewerOptions, Wire } from './terminal/wire';

jest.setTimeout(180_000);

const bodyOf = async (response: Response): Promise<JsonObject> => (await response.json()) as JsonObject;
const resultOf = async (response: Response): Promise<JsonObject> =>
  (await bodyOf(response)).result as JsonObject;
const ELICITATION = { capabilities: { elicitation: {} } };
const ANSWER = { action: 'accept', content: { name: 'Ada' } };

describe('questions to clients of the newer era', () => {
  let server: FrontServer;
  let wire: Wire;

  beforeEach(async () => {
    server = await new FrontServer().start();
    wire = new Wire(server.url);
  });
  afterEach(() => server.stop());

  const call = (name: string, more: object = {}, options?: NewerOptions): Promise<Response> =>
    wire.newer({ id: 1, method: 'tools/call', params: { name, arguments: {}, ...more } }, options);

  it('pass on the questions of a server of this era, and its state as it is', async () => {
    const first = await resultOf(await call('newer', {}, ELICITATION));
    expect(first).toMatchObject({
      resultType: 'input_required',
      inputRequests: { round0: { method: 'elicitation/create' } },
      requestState: '1',
      _meta: { 'io.modelcontextprotocol/serverInfo': {} },
    });
    const second = await resultOf(
      await call('newer', { inputResponses: { round0: ANSWER }, requestState: '1' }, ELICITATION),
    );
    expect(second.inputRequests).toHaveProperty('round1');
    const third = { inputResponses: { round1: ANSWER }, requestState: '2' };
    expect(await resultOf(await call('newer', third, ELICITATION))).toMatchObject({ resultType: 'complete' });

    for (const more of [
      { inputResponses: { round0: 12345 } },
      { inputResponses: null },
      { inputResponses: { round0: ANSWER }, requestState: 1 },
    ]) {
      const answer = await call('newer', more, ELICITATION);
      expect((await bodyOf(answer)).error).toMatchObject({ code: -32602 });
    }
    expect(server.conversations.runs).toBe(3);
  });

  it('are not asked what they did not declare', async () => {
    for (const [name, required] of [
      ['newer', { elicitation: { form: {} } }],
      ['elicit', { elicitation: { form: {} } }],
      ['sample', { sampling: {} }],
      ['task', { extensions: { 'io.modelcontextprotocol/tasks': {} } }],
    ] as const) {
      const answer = await call(name, {}, { capabilities: { roots: {} } });
      expect(answer.status).toBe(400);
      expect((await bodyOf(answer)).error).toMatchObject({
        code: -32021,
        data: { requiredCapabilities: required },
      });
    }
  });

  it('answer a server of the older era in rounds, while its call waits and runs once', async () => {
    const options = { capabilities: { elicitation: {}, roots: {} } };
    const first = await resultOf(await call('twice', {}, options));
    expect(first).toMatchObject({
      resultType: 'input_required',
      inputRequests: { q1: { method: 'elicitation/create' } },
    });
    // Without the answer it is asked again, under the same name.
    const again = await resultOf(await call('twice', { requestState: first.requestState }, options));
    expect(again.inputRequests).toEqual(first.inputRequests);
    const stale = await call(
      'twice',
      { inputResponses: { q1: ANSWER }, requestState: first.requestState },
      options,
    );
    expect((await bodyOf(stale)).error).toMatchObject({ data: { code: 'held_call_lost' } });

    const second = await resultOf(
      await call(
        'twice',
        { inputResponses: { q1: ANSWER, more: {} }, requestState: again.requestState },
        options,
      ),
    );
    expect(Object.keys(second.inputRequests as JsonObject)).toEqual(['q2', 'q3']);
    const inputResponses = { q2: { roots: [] }, q3: { action: 'decline' } };
    const last = { inputResponses, requestState: second.requestState };
    expect(await resultOf(await call('twice', last, options))).toMatchObject({
      resultType: 'complete',
      content: [{ text: JSON.stringify([ANSWER, [{ roots: [] }, { action: 'decline' }]]) }],
    });

    expect((await bodyOf(await call('twice', last, options))).error).toMatchObject({
      data: { code: 'held_call_lost' },
    });
    expect(server.conversations.runs).toBe(1);
    expect(server.conversations.opened.every(({ isClosed }) => isClosed)).toBe(true);
  });

  it('let nobody else answer, and nothing else be answered', async () => {
    const first = await resultOf(await call('elicit', {}, ELICITATION));
    const back = { inputResponses: { q1: ANSWER }, requestState: first.requestState };
    const params = { name: 'elicit', arguments: {}, ...back };
    const tampered = `${first.requestState as string}-TAMPERED`;
    const strangers = [
      await wire.as('eve').newer({ id: 1, method: 'tools/call', params }, ELICITATION),
      await wire
        .at(server.url.replace('mcp', 'team/mcp'))
        .newer({ id: 1, method: 'tools/call', params }, ELICITATION),
      await call('elicit', { ...back, arguments: { other: 1 } }, ELICITATION),
      await call('elicit', { ...back, requestState: tampered }, ELICITATION),
    ];
    for (const answer of strangers) expect((await bodyOf(answer)).error).toMatchObject({ code: -32602 });
    expect(await resultOf(await call('elicit', back, ELICITATION))).toMatchObject({ resultType: 'complete' });
  });
});
