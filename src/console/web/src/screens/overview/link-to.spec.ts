import { linkTo } from './link-to';

it.each([
  ['/instances/a?tab=diagnose', { to: '/instances/a', search: { tab: 'diagnose' } }],
  ['/admin/quotas', { to: '/admin/quotas', search: {} }],
  ['/instances/a%20b?q=1&r=a%26b', { to: '/instances/a%20b', search: { q: '1', r: 'a&b' } }],
])('takes %s apart', (address, expected) => {
  expect(linkTo(address)).toEqual(expected);
});
