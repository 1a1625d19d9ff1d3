import { validateAdminSearch } from './search';

it.each([
  [
    { tab: 'roles', user: 'ana' },
    { tab: 'roles', user: 'ana' },
  ],
  [{ tab: 'nothing', outcome: 'maybe', q: '' }, {}],
  [
    { actor: 12, outcome: 'failed', other: 'x' },
    { actor: '12', outcome: 'failed' },
  ],
])('takes of %j what it knows', (search, expected) => {
  expect(validateAdminSearch(search)).toEqual(expected);
});
