import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { randomBytes } from 'node:crypto';
import { Keyring } from '@app/security';
import { type Principal } from '@app/telemetry';
import { SessionIds } from '../../sessions/session-ids';
import { type Conversation, Conversations, type TerminalFace } from '../conversation';
import { OlderSessions } from './older-sessions';

const ADA: Principal = {
  id: 'ada',
  kind: 'key',
  name: 'ada',
  role: 'operator',
  permissions: 'all',
  workspaceId: DEFAULT_WORKSPACE_ID,
};
const ALL: TerminalFace = { kind: 'all' };
const INITIALIZE = {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'c', version: '1' },
};
const MINUTE_MS = 60_000;

class Silent extends Conversations {
  closed = 0;

  override open(): Conversation {
    const close = (): Promise<void> => {
      this.closed += 1;
      return Promise.resolve();
    };
    return { close } as Conversation;
  }
}

describe('OlderSessions', () => {
  const keyring = Keyring.fromSetting(randomBytes(32).toString('base64'));
  let conversations: Silent;
  let sessions: OlderSessions;

  beforeEach(() => {
    conversations = new Silent();
    sessions = new OlderSessions(new SessionIds(keyring), conversations);
  });
  afterEach(() => {
    sessions.close();
  });

  it('finds a session again, and only where it began', () => {
    const session = sessions.begin(ALL, ADA, INITIALIZE);
    const { id } = session.identity;
    expect(sessions.find(id, ALL, ADA)).toBe(session);
    expect(sessions.find(id, ALL, { ...ADA, id: 'eve' })).toBeUndefined();
    const content = { description: '', instances: [], tools: {}, prefix: 'auto' } as const;
    expect(sessions.find(id, { kind: 'endpoint', name: 'all', content }, ADA)).toBeUndefined();
    expect(sessions.find(`${id}x`, ALL, ADA)).toBeUndefined();
  });

  it('ends what nobody used for half an hour, but nothing that is in use', () => {
    const session = sessions.begin(ALL, ADA, INITIALIZE);
    sessions.reap(performance.now() + 29 * MINUTE_MS);
    expect(sessions.size).toBe(1);
    jest.spyOn(session, 'isIdle', 'get').mockReturnValue(false);
    sessions.reap(performance.now() + 31 * MINUTE_MS);
    expect(sessions.size).toBe(1);
    jest.restoreAllMocks();
    sessions.reap(performance.now() + 31 * MINUTE_MS);
    expect(sessions.size).toBe(0);
    expect(conversations.closed).toBe(1);
    expect(sessions.find(session.identity.id, ALL, ADA)).toBeUndefined();
  });

  it('takes no id that is older than a day, even if it never saw it end', () => {
    const { id } = sessions.begin(ALL, ADA, INITIALIZE).identity;
    const other = new OlderSessions(new SessionIds(keyring), conversations);
    expect(other.find(id, ALL, ADA)).toBeDefined();
    other.close();
    const later = new OlderSessions(new SessionIds(keyring), conversations);
    jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 25 * 60 * MINUTE_MS);
    expect(later.find(id, ALL, ADA)).toBeUndefined();
    jest.restoreAllMocks();
    later.close();
  });

  it('ends a session in use after a day, too', () => {
    const { id } = sessions.begin(ALL, ADA, INITIALIZE).identity;
    jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 25 * 60 * MINUTE_MS);
    expect(sessions.find(id, ALL, ADA)).toBeUndefined();
    jest.restoreAllMocks();
    expect(sessions.size).toBe(0);
  });

  it('makes ids of a bounded length, whatever a client calls itself', () => {
    const clientInfo = { name: '"\\'.repeat(500), version: 'ü\u0000'.repeat(500) };
    const elicitation = { form: {}, url: {} };
    const capabilities = {
      sampling: { tools: {}, context: {} },
      elicitation,
      roots: {},
      experimental: clientInfo,
    };
    const { identity, params } = sessions.begin(ALL, ADA, { ...INITIALIZE, capabilities, clientInfo });
    expect(identity.id.length).toBeLessThanOrEqual(512);
    expect(params.capabilities).toEqual({ sampling: { tools: {}, context: {} }, elicitation, roots: {} });
  });

  it('leaves nothing behind of sessions that were ended', () => {
    for (let index = 0; index < 1_000; index += 1) sessions.end(sessions.begin(ALL, ADA, INITIALIZE));
    expect(sessions.size).toBe(0);
    expect(conversations.closed).toBe(1_000);
  });
});
