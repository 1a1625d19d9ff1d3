import { bearerOf, refuseCredentialInUrl } from './bearer';
import { CredentialInUrlError } from './domain/identity.errors';

describe('the credential of a request', () => {
  it.each([
    ['Bearer abc', 'abc'],
    ['bearer   abc', 'abc'],
    [' Bearer abc ', 'abc'],
    ['Basic abc', undefined],
    ['Bearer', undefined],
    ['Bearer a b', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('of %j is %j', (header, expected) => {
    expect(bearerOf(header)).toBe(expected);
  });

  it.each(['/x?api_key=1', '/x?a=1&ACCESS_TOKEN=2', '/x?token=', '/x?to%6ben=1'])(
    'is refused in %s',
    (url) => {
      expect(() => {
        refuseCredentialInUrl(url);
      }).toThrow(CredentialInUrlError);
    },
  );

  it.each(['/x', '/x?limit=5', '/x?q=token', '/api_key'])('is not seen in %s', (url) => {
    expect(() => {
      refuseCredentialInUrl(url);
    }).not.toThrow();
  });
});
