import { matchesPattern as serverMatches } from '../../../../../../libs/kernel/src/patterns';
import { type Connection } from './data';
import { matchesPattern, offers } from './offer';
import { assignment, isOpenable, ownSystem, withKey } from './snippet';

const connection = (more: object): Connection => ({
  client: { id: 'c', title: 'C', format: 'json', files: {} },
  ...{
    name: 'quayside-all',
    url: 'http://localhost/mcp',
    key: 'paste',
    traps: [],
    unconfirmed: [],
    config: '',
  },
  ...more,
});

describe('connecting a client', () => {
  it('puts the key where the placeholder stands, and where a command reads the variable', () => {
    const pasted = withKey(connection({ config: 'Bearer <your Quayside API key>' }), 'qs_1_$&');
    expect(pasted.config).toBe('Bearer qs_1_$&');
    const run = withKey(connection({ command: 'add "Bearer $QUAYSIDE_TOKEN"', key: 'environment' }), 'qs_1');
    expect(run.command).toBe('add "Bearer qs_1"');
    expect(withKey(connection({ command: 'x $QUAYSIDE_TOKEN' }), undefined).command).toBe(
      'x $QUAYSIDE_TOKEN',
    );
  });

  it('knows shells and systems', () => {
    expect(assignment('windows', 'T', 'k')).toBe('$env:T = "k"');
    expect(assignment('linux', 'T', 'k')).toBe('export T="k"');
    expect(ownSystem('Mozilla/5.0 (Windows NT 10.0)')).toBe('windows');
    expect(ownSystem('Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15)')).toBe('macos');
    expect(ownSystem('Mozilla/5.0 (X11; Linux x86_64)')).toBe('linux');
  });

  it.each(['javascript:alert(1)', 'https://elsewhere.test', 'data:text/html,x', ''])(
    'opens no %s',
    (link) => {
      expect(isOpenable(link)).toBe(false);
    },
  );

  it.each([
    ['read_*', 'read_file'],
    ['read_*', 'write_file'],
    ['*', ''],
    ['a*b*c', 'aXbXc'],
    ['a*b*c', 'acb'],
    ['exact', 'exact'],
    ['exact', 'exactly'],
    ['*x*', 'axb'],
    ['ab*ba', 'aba'],
  ])('decides on %s and %s as the gateway does', (pattern, name) => {
    expect(matchesPattern(pattern, name)).toBe(serverMatches(pattern, name));
  });

  it.each([
    ['a tool of a member', {}, true],
    ['one that is allowed', { allow: ['search'] }, true],
    ['one that is not', { allow: ['other'] }, false],
    ['one that is denied by its whole name', { deny: ['docs__*'] }, false],
    ['one that is both', { allow: ['*'], deny: ['search'] }, false],
  ])('counts %s', (_what, tools, expected) => {
    expect(offers({ instances: ['docs'], tools }, { server_name: 'docs', name: 'search' })).toBe(expected);
    expect(offers({ instances: ['else'], tools }, { server_name: 'docs', name: 'search' })).toBe(false);
  });
});
