import { validateAdminSearch } from './search';

it.each([
  [
    { tab: 'roles', user: 'ana' },
    { tab: 'roles', user: 'ana' },
  ],
  [
    { entry: '8c9ce4c4', at: '2026-11-21T14:50:34.000Z' },
    { entry: '8c9ce4c4', at: '2026-11-21T14:50:34.000Z' },
  ],
  [{ tab: 'nothing', outcome: 'maybe', q: '' }, {}],
  [
    { actor: 12, outcome: 'failed', other: 'x' },
    { actor: '12', outcome: 'failed' },
  ],
])('takes of %j what it knows', (search, expected) => {
  expect(validateAdminSearch(search)).toEqual(expected);
});
