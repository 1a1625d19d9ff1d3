import { CONSOLE_PATH, returnAddress } from './return-address';

describe('the address to return to', () => {
  it.each([['/console/instances?a=b#c'], ['/docs'], ['/']])('is a path of ours: %s', (path) => {
    expect(returnAddress(path)).toBe(path);
  });

  it.each([
    ...[
      undefined,
      '',
      'https://elsewhere.example/',
      '//elsewhere.example',
      '/\\elsewhere.example',
      '/\t/elsewhere.example',
    ],
    ...[
      'javascript:alert(1)',
      'console',
      '/..//elsewhere.example',
      '/a\\..\\\\b',
      `/${'x'.repeat(2_000)}`,
      '/ü',
    ],
  ])('is the console for %p', (wanted) => {
    expect(returnAddress(wanted)).toBe(CONSOLE_PATH);
  });
});
