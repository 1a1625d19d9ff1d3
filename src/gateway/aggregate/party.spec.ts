import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { FakeClock } from '@app/testing';
import { type McpClient } from '../terminal/conversation';
import { type CallableRoute } from '../routing/route';
import { Upstream } from '../upstream/upstream';
import { Party } from './party';

const LEVEL = 'io.modelcontextprotocol/logLevel';
const ABILITIES = 'io.modelcontextprotocol/clientCapabilities';

const upstreamOf = (era: 'older' | 'newer'): Upstream => {
  const upstream = { kind: 'bridge', urls: [] };
  const spec = { type: 'stdio', command: 'x' };
  const route = { name: 'docs', era, spec, upstream } as unknown as CallableRoute;
  return new Upstream(route, () => Promise.reject(new Error('never opened')), new FakeClock());
};
const partyOf = (about: Partial<McpClient> = {}, id = 'own 1'): Party =>
  new Party(
    {
      principal: {
        id: 'ada',
        kind: 'key',
        name: 'ada',
        role: 'admin',
        permissions: 'all',
        workspaceId: DEFAULT_WORKSPACE_ID,
      },
      ...{ era: 'older', protocolVersion: '2025-11-25', capabilities: {}, info: {}, ...about },
    },
    id,
  );
const able = { capabilities: { sampling: {}, experimental: {} } };

describe('a client as its servers meet it', () => {
  it('shares the session when there is nothing that it could be asked', async () => {
    const upstream = upstreamOf('older');
    const party = partyOf({ capabilities: { experimental: {} } });
    expect((await party.leg(upstream)).leg).toBe(upstream.shared);
    expect(party.audience).toBe('');
  });

  it('has a session of its own where a server may ask it, until it goes', async () => {
    const upstream = upstreamOf('older');
    const [one, other] = [partyOf(able, 'own 1'), partyOf(able, 'own 2')];
    const { leg } = await one.leg(upstream);
    expect(leg).not.toBe(upstream.shared);
    expect((await one.leg(upstream)).leg).toBe(leg);
    expect((await other.leg(upstream)).leg).not.toBe(leg);
    one.close();
    expect(upstream.peekLeg('own 1')).toBeUndefined();
  });

  it('without sessions shares one with the same caller alone', async () => {
    const upstream = upstreamOf('older');
    const newer = { ...able, era: 'newer' } as const;
    const { leg } = await partyOf(newer, 'own 1').leg(upstream);
    expect((await partyOf(newer, 'own 2').leg(upstream)).leg).toBe(leg);
    const principal = {
      id: 'bob',
      kind: 'key',
      name: 'bob',
      role: 'admin',
      permissions: 'all',
      workspaceId: DEFAULT_WORKSPACE_ID,
    } as const;
    expect((await partyOf({ ...newer, principal }, 'own 3').leg(upstream)).leg).not.toBe(leg);
    const params = { _meta: { [LEVEL]: 'debug' } };
    expect((await partyOf(newer, 'own 4').leg(upstream, params)).leg).not.toBe(leg);
  });

  it('needs no session at servers that know none, and says there what it can do', async () => {
    const upstream = upstreamOf('newer');
    const party = partyOf(able);
    expect((await party.leg(upstream)).leg).toBe(upstream.shared);
    expect(party.meta('newer', { _meta: { progressToken: 1 } }, 'trace')).toEqual({
      ...{ progressToken: 1, traceparent: 'trace', [ABILITIES]: { sampling: {} }, [LEVEL]: 'info' },
    });
    party.setLogLevel('error');
    expect(party.meta('newer', {}, 'trace')).toMatchObject({ [LEVEL]: 'error' });
  });

  it('keeps words of the newer era from older servers, and logs of none who did not ask from newer clients', () => {
    const newer = partyOf({ era: 'newer' });
    expect(newer.meta('older', { _meta: { [LEVEL]: 'debug' } }, 'trace')).toEqual({ traceparent: 'trace' });
    expect(newer.meta('newer', {}, 'trace')).toEqual({ traceparent: 'trace', [ABILITIES]: {} });
  });
});
