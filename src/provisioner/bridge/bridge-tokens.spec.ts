import { randomBytes } from 'node:crypto';
import { bridgeToken, Keyring } from '@app/security';
import { BridgeTokens } from './bridge-tokens';

const keyring = (): Keyring => Keyring.fromSetting(randomBytes(32).toString('base64'));

it('knows the gateway, each time it comes, and nobody else', () => {
  const own = keyring();
  const tokens = new BridgeTokens(own);
  const token = bridgeToken(own);
  expect([tokens.isValid(token), tokens.isValid(token)]).toEqual([true, true]);
  const others = [
    undefined,
    '',
    token.slice(1),
    `${token.slice(0, -2)}AA`,
    bridgeToken(keyring()),
    `${token}x`,
  ];
  expect(others.map((other) => tokens.isValid(other))).toEqual(others.map(() => false));
  expect(tokens.isValid(token)).toBe(true);
});
