import { randomBytes } from 'node:crypto';
import { Keyring } from '@app/security';
import { type Entry } from './joined-list';
import { PAGE_ITEMS, Pages } from './pages';
import { RequestStates, type StateBinding } from './request-states';

const keyring = Keyring.fromSetting(randomBytes(32).toString('base64'));
const HOUR_MS = 3_600_000;

describe('pages of a joined list', () => {
  const of = { principalId: 'ada', faceKey: 'all', method: 'tools/list' };
  const entry = (index: number): Entry => {
    const original = `tool-${String(index).padStart(4, '0')}`;
    return { instance: 'a', original, advertised: original, item: {}, shown: { name: original } };
  };
  const entries = (count: number, from = 0) =>
    Array.from({ length: count }, (_, index) => entry(from + index));
  let nowMs = 0;
  const pages = new Pages(keyring, () => nowMs);

  it('need no cursor when one is enough', () => {
    expect(pages.cut(entries(PAGE_ITEMS), undefined, of).nextCursor).toBeUndefined();
    expect(pages.cut([], undefined, of)).toEqual({ items: [], nextCursor: undefined });
  });

  it('follow each other, also when the list changed between two', () => {
    const all = entries(2 * PAGE_ITEMS);
    const { nextCursor } = pages.cut(all, undefined, of);
    const shorter = all.filter((_, index) => index !== PAGE_ITEMS - 1);
    expect(pages.cut(shorter, nextCursor, of).items[0]).toEqual(entry(PAGE_ITEMS).shown);
  });

  it.each([
    ['another caller', { principalId: 'mallory' }],
    ['another face', { faceKey: 'endpoint x' }],
    ['another list', { method: 'prompts/list' }],
  ])('are not turned by %s', (_what, other) => {
    const { nextCursor } = pages.cut(entries(2 * PAGE_ITEMS), undefined, of);
    expect(() => pages.cut(entries(1), nextCursor, { ...of, ...other })).toThrow('not one of ours');
  });

  it('are not turned with what is no cursor, or an old one', () => {
    const { nextCursor } = pages.cut(entries(2 * PAGE_ITEMS), undefined, of);
    expect(() => pages.cut([], 5, of)).toThrow('not one of ours');
    nowMs += 2 * HOUR_MS;
    expect(() => pages.cut([], nextCursor, of)).toThrow('too old');
  });
});

describe('the state of a request that wants input', () => {
  const params = { name: 'deploy', arguments: { to: 'here', at: 'once' } };
  const binding: StateBinding = { principalId: 'ada', instanceId: 'i', method: 'tools/call', params };
  let nowMs = 0;
  const states = new RequestStates(keyring, () => nowMs);
  const sealed = (): string => {
    const result = states.seal({ resultType: 'input_required', requestState: 'secret' }, binding);
    return result['requestState'] as string;
  };
  const opened = (more: Partial<StateBinding> = {}): unknown => {
    const repeat = { ...(more.params ?? params), requestState: sealed(), inputResponses: {} };
    return states.open(repeat, { ...binding, ...more, params: repeat })['requestState'];
  };

  it('opens for its own repetition, in whatever order its members are written', () => {
    expect(sealed()).not.toContain('secret');
    expect(opened()).toBe('secret');
    expect(opened({ params: { arguments: { at: 'once', to: 'here' }, name: 'deploy' } })).toBe('secret');
  });

  it.each([
    ['another caller', { principalId: 'mallory' }],
    ['another server', { instanceId: 'j' }],
    ['another method', { method: 'prompts/get' }],
    ['other arguments', { params: { name: 'deploy', arguments: { to: 'there', at: 'once' } } }],
  ])('does not open for %s', (_what, more) => {
    expect(() => opened(more)).toThrow('not one of ours');
  });

  it('does not open when it is old, or was never made', () => {
    const old = sealed();
    nowMs += HOUR_MS;
    expect(() => states.open({ ...params, requestState: old }, binding)).toThrow('too old');
    expect(() => states.open({ ...params, requestState: 'x' }, binding)).toThrow('not one of ours');
    expect(() => states.open({ ...params, requestState: 1 }, binding)).toThrow('not one of ours');
  });

  it('leaves every other result and request as it is', () => {
    const result = { content: [], requestState: 'plain' };
    expect(states.seal(result, binding)).toBe(result);
    expect(states.open(params, binding)).toBe(params);
  });
});
