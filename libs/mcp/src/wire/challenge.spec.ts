import { readChallenge } from './challenge';

describe('readChallenge', () => {
  it.each([
    [null, {}],
    ['Basic realm="x", scope="a"', {}],
    ['Bearer', {}],
    ['bearer scope=one', { scope: 'one' }],
    [
      'Bearer realm="x", error="insufficient_scope", scope="a b", resource_metadata="https://s/x"',
      { error: 'insufficient_scope', scope: 'a b', resourceMetadata: 'https://s/x' },
    ],
    ['Basic realm="x", Bearer scope="say \\"a\\""', { scope: 'say "a"' }],
    [`Bearer ${'x'.repeat(100_000)} scope="late"`, {}],
  ])('finds in %s what it says', (header, found) => {
    expect(readChallenge(401, header)).toEqual({ status: 401, ...found });
  });
});
