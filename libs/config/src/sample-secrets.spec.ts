import { randomBytes } from 'node:crypto';
import { isSampleSecret } from './index';

describe('isSampleSecret', () => {
  it.each([
    'your-secret-key',
    'your-jwt-secret-key',
    'your_client_secret',
    'your_static_token',
    'actual_secret_value',
    'your-api-key',
    'password',
    'changeme123',
    'change-me-to-something-long-and-random',
    '<your key>',
    '${JWT_SECRET}',
    'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    '12345678901234567890',
    'a-secret-of-at-least-32-characters',
    'postgres://quayside:…@db:5432/quayside',
  ])('knows %s', (value) => {
    expect(isSampleSecret(value)).toBe(true);
  });

  it.each(['hex', 'base64', 'base64url'] as const)('lets random values in %s pass', (encoding) => {
    for (let round = 0; round < 100; round += 1)
      expect(isSampleSecret(randomBytes(24).toString(encoding))).toBe(false);
  });

  it('lets the address of a store pass', () => {
    expect(isSampleSecret('postgres://quayside:b7Wq2x@db:5432/quayside')).toBe(false);
  });
});
