import { changeOf } from './change';

describe('the change of a row of the trail', () => {
  it('holds what differs, and nothing else', () => {
    const before = { name: 'a', spec: { image: 'x:1', command: ['run'], port: 1 }, tags: ['t'] };
    const after = { name: 'a', spec: { image: 'x:2', command: ['run'] }, tags: ['t', 'u'], note: 'n' };
    expect(changeOf(before, after)).toEqual({
      before: { spec: { image: 'x:1', port: 1 }, tags: ['t'] },
      after: { spec: { image: 'x:2' }, tags: ['t', 'u'], note: 'n' },
    });
  });

  it('is the whole of what was made or removed', () => {
    expect(changeOf(undefined, { name: 'a' })).toEqual({ before: null, after: { name: 'a' } });
    expect(changeOf({ name: 'a' }, undefined)).toEqual({ before: { name: 'a' }, after: null });
  });

  it('speaks as the API does, and not of what every write moves', () => {
    const state = (dockerImageUrl: string, rowVersion: number) => ({
      ...{ dockerImageUrl, rowVersion, updatedAt: new Date(rowVersion) },
    });
    expect(changeOf(state('x:1', 1), state('x:2', 2))).toEqual({
      before: { docker_image_url: 'x:1' },
      after: { docker_image_url: 'x:2' },
    });
  });

  it('says that a credential changed and not to what; references may be read', () => {
    const state = (value: string) => ({
      authentication: { type: 'bearer', token: value },
      headers: { Authorization: value, 'X-Api-Key': 'secret_ref:shared:KEY' },
      client_secret: [value, { any: value, tries: 3 }],
    });
    const { before, after } = changeOf(state('one'), state('two'));
    expect(JSON.stringify([before, after])).not.toMatch(/one|two/);
    expect(after).toMatchObject({
      authentication: { token: '[masked]' },
      client_secret: ['[masked]', { any: '[masked]', tries: 3 }],
    });
    expect(changeOf(undefined, state('one')).after).toMatchObject({
      headers: { Authorization: '[masked]', 'X-Api-Key': 'secret_ref:shared:KEY' },
    });
  });
});
