import { type JsonObject } from '@app/kernel';
import { type RpcNotification } from '@app/mcp';
import { type Caller, ServerQuestions } from './server-questions';

class FakeCaller implements Caller {
  readonly said: RpcNotification[] = [];
  constructor(private readonly name: string) {}
  ask(method: string): Promise<JsonObject> {
    return Promise.resolve({ [method]: this.name });
  }
  say(message: RpcNotification): void {
    this.said.push(message);
  }
}

const signal = new AbortController().signal;
const ask = (questions: ServerQuestions, stop = signal): Promise<JsonObject> =>
  questions.answer({ jsonrpc: '2.0', id: 1, method: 'roots/list' }, stop);
const log: RpcNotification = { jsonrpc: '2.0', method: 'notifications/message', params: {} };

describe('what a server asks outside of any call', () => {
  it('goes to the latest call of the client', async () => {
    const questions = new ServerQuestions(true);
    questions.enter(new FakeCaller('first'));
    const leave = questions.enter(new FakeCaller('second'));
    expect(await ask(questions)).toEqual({ 'roots/list': 'second' });
    leave();
    expect(await ask(questions)).toEqual({ 'roots/list': 'first' });
  });

  it('waits for a call that may come', async () => {
    const questions = new ServerQuestions(true);
    const answer = ask(questions);
    questions.enter(new FakeCaller('late'));
    expect(await answer).toEqual({ 'roots/list': 'late' });
  });

  it('is answered by nobody where it could be one of two', async () => {
    const questions = new ServerQuestions(false);
    questions.enter(new FakeCaller('first'));
    expect(await ask(questions)).toEqual({ 'roots/list': 'first' });
    questions.enter(new FakeCaller('second'));
    await expect(ask(questions)).rejects.toMatchObject({ rpcCode: -32601 });
  });

  it('is refused when the server takes it back', async () => {
    const stop = new AbortController();
    const answer = ask(new ServerQuestions(true), stop.signal);
    stop.abort();
    await expect(answer).rejects.toMatchObject({ rpcCode: -32601 });
  });

  it('is told alike, but only what is meant for clients', () => {
    const [questions, caller] = [new ServerQuestions(true), new FakeCaller('one')];
    questions.hear(log);
    questions.enter(caller);
    questions.hear(log);
    questions.hear({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
    expect(caller.said).toEqual([log]);
  });
});
