import { validateWelcomeSearch } from './search';

describe('where a sign-in leads', () => {
  it.each(['/', '/instances', '/instances/everything?tab=logs&level=warn', '/runs/4b2c/compare/9d0a'])(
    'is %s',
    (next) => {
      expect(validateWelcomeSearch({ next })).toEqual({ next });
    },
  );

  it.each([
    ...['https://elsewhere.example', '//elsewhere.example', '/\\elsewhere.example', 'instances', ''],
    ...['javascript:alert(1)', '/welcome?next=%2Finstances', undefined, 7, ['/a']],
  ])('is not %s', (next) => {
    expect(validateWelcomeSearch({ next })).toEqual({});
  });
});
