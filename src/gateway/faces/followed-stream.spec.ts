import { type ServerResponse } from 'node:http';
import { type Principal } from '@app/telemetry';
import { FollowedStream, type Reach } from './followed-stream';

const ana: Principal = {
  ...{ id: 'ana', kind: 'user', name: 'ana', role: 'developer', workspaceId: 'w' },
  permissions: new Set(['tools:read', 'tools:call']),
};
const all: Reach = { isOpen: true, closed: new Set() };

const streamOf = (reaches: Reach[]): FollowedStream =>
  new FollowedStream({} as ServerResponse, {
    ...{ principal: ana, bearer: undefined, audience: 'http://localhost/mcp', permission: 'tools:read' },
    reachOf: () => reaches.shift() ?? all,
  });

describe('a stream that is looked after', () => {
  it.each([
    ['nothing changed', ana, all, true],
    ['more is allowed', { ...ana, permissions: new Set(['tools:read', 'tools:call', 'me:read']) }, all, true],
    ['less is allowed', { ...ana, permissions: new Set(['tools:read']) }, all, false],
    ['it may not list tools', { ...ana, permissions: new Set(['tools:call']) }, all, false],
    ['the role is another one', { ...ana, role: 'viewer' }, all, false],
    ['the key is for one server now', { ...ana, limitedTo: { instances: new Set(['a']) } }, all, false],
    ['somebody else shows the credential', { ...ana, id: 'eve' }, all, false],
    ['a server was closed', ana, { isOpen: true, closed: new Set(['docs']) }, false],
    ['the face was closed', ana, { isOpen: false, closed: new Set<string>() }, false],
  ])('when %s', (_what, now, reach, goesOn) => {
    expect(streamOf([all, reach]).renew(now)).toBe(goesOn);
  });

  it('is not ended by what was closed from the beginning', () => {
    const some: Reach = { isOpen: true, closed: new Set(['docs']) };
    expect(streamOf([some, some, all]).renew(ana)).toBe(true);
  });
});
