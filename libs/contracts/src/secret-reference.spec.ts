import { parseSecretReference, secretReference } from './index';

describe('parseSecretReference', () => {
  it('reads scope, name and version', () => {
    expect(parseSecretReference('secret_ref:instance_123:API_KEY')).toEqual({
      scope: 'instance_123',
      name: 'API_KEY',
    });
    expect(parseSecretReference('secret_ref:shared:A@12')).toEqual({
      scope: 'shared',
      name: 'A',
      version: 12,
    });
  });

  it.each([
    '',
    'API_KEY',
    'secret_ref:',
    'secret_ref:a',
    'secret_ref:a:b',
    'secret_ref:a:B@0',
    'secret_ref:a:B@',
    'secret_ref:../x:B',
    'secret_ref:a:B:C',
  ])('refuses "%s"', (text) => {
    expect(parseSecretReference(text)).toBeUndefined();
  });

  it('reads what secretReference writes', () => {
    expect(parseSecretReference(secretReference('shared', 'TOKEN'))).toEqual({
      scope: 'shared',
      name: 'TOKEN',
    });
  });
});
