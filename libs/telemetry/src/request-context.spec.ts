import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { actorOf, idOfRequest, requestContext, systemScope, type Principal } from './index';

const principal: Principal = {
  id: 'ab12',
  kind: 'key',
  name: 'ci',
  role: 'operator',
  permissions: new Set(),
  workspaceId: DEFAULT_WORKSPACE_ID,
};

describe('requestContext', () => {
  it('is there in everything that the work starts, and nowhere else', async () => {
    const scope = systemScope('sweep');
    const seen = await requestContext.run(scope, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return requestContext.get();
    });

    expect(seen).toBe(scope);
    expect(requestContext.get()).toBeUndefined();
  });

  it('learns the caller after it began, without touching a neighbour', async () => {
    const { principal: _system, ...anonymous } = systemScope('http');
    const work = (caller?: Principal) =>
      requestContext.run(anonymous, async () => {
        if (caller !== undefined) requestContext.setPrincipal(caller);
        await new Promise((resolve) => setImmediate(resolve));
        return actorOf(requestContext.get());
      });

    expect(await Promise.all([work(principal), work()])).toEqual(['key:ab12', 'anonymous']);
  });

  it('gives what is made again at a repetition its first id', () => {
    const idsOf = (seed?: string): string[] =>
      requestContext.run(systemScope('http'), () => {
        if (seed !== undefined) requestContext.setRepeatSeed(seed);
        return [idOfRequest('thing', 'a'), idOfRequest('thing', 'a'), idOfRequest('thing', 'b')];
      });

    expect(idsOf('seed')).toEqual(idsOf('seed'));
    expect(new Set([...idsOf('seed'), ...idsOf('other'), ...idsOf(), ...idsOf()]).size).toBe(12);
  });

  it('names work of our own', () => {
    expect(actorOf(systemScope('outbox'))).toBe('system:outbox');
    expect(actorOf(undefined)).toBe('system:unscoped');
  });
});
