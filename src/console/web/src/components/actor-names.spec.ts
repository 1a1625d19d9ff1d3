import { nameOf } from './actor-names';

const KNOWN = {
  me: { user_id: 'u-1', name: 'ada' },
  users: [{ id: 'u-2', name: 'grace' }],
  keys: [{ id: 'k-1', name: 'ci' }],
};

it.each([
  ['user:u-1', 'ada'],
  ['user:u-2', 'grace'],
  ['user:u-3', 'user:u-3'],
  ['key:k-1', 'key:ci'],
  ['key:bootstrap', 'key:bootstrap'],
  ['system', 'system'],
  ['agent:a-1', 'agent:a-1'],
])('%s is called %s', (actor, name) => {
  expect(nameOf(actor, KNOWN)).toBe(name);
});

it('nobody is taken for somebody without an account', () => {
  expect(nameOf('user:', { me: { user_id: null, name: 'ci' }, users: [], keys: [] })).toBe('user:');
});
