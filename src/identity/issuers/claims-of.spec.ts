import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { claimsOf } from './claims-of';
import { type TrustedIssuer } from './domain/trusted-issuer';
import { foreignIdentity } from './foreign-principal';
import { IssuerSettings } from './issuer-settings';
import { permissionsOfScopes } from './scopes';

const [base] = new IssuerSettings({ jwtSecret: 'q8J2mZx7Lr4Vw9Bt1Ny6Kd3Hc5Fs0Gp8' }).builtIn;

function issuer(more: Partial<TrustedIssuer> = {}): TrustedIssuer {
  if (base === undefined) throw new Error('A secret makes an issuer.');
  return { ...base, ...more };
}

describe('what a token says of its user', () => {
  it.each([
    ['a role', { role: 'developer' }, 'developer'],
    ['the strongest of several', { roles: ['viewer', 'operator', 'developer'] }, 'operator'],
    ['a role that nobody knows', { role: 'root' }, undefined],
    ['a role in capitals', { role: 'Admin' }, undefined],
    ['a name of every object', { role: 'constructor' }, undefined],
    ['a role that is no text', { role: { admin: true } }, undefined],
    ['no role', {}, undefined],
  ])('is, with %s', (_what, claims, role) => {
    expect(claimsOf(issuer(), { sub: '7', ...claims })?.role).toBe(role);
  });

  it('goes by the table alone where there is one', () => {
    const mapped = issuer({ roleClaims: ['realm.roles'], roleMap: { staff: 'viewer' } });
    const roleOf = (roles: string[]) => claimsOf(mapped, { sub: '7', realm: { roles } })?.role;
    expect([roleOf(['staff']), roleOf(['admin']), roleOf(['__proto__'])]).toEqual([
      'viewer',
      undefined,
      undefined,
    ]);
  });

  it('falls back where a claim is missing, not where it is unknown', () => {
    const row = issuer({ defaultRole: 'viewer', workspaceClaim: 'team', workspaceMap: { a: 'id-of-a' } });
    expect(claimsOf(row, { sub: '7' })).toMatchObject({ role: 'viewer', workspaceId: DEFAULT_WORKSPACE_ID });
    expect(claimsOf(row, { sub: '7', role: 'x', team: 'a' })).toMatchObject({ workspaceId: 'id-of-a' });
    const unknown = claimsOf(row, { sub: '7', role: 'x', team: 'b' });
    expect([unknown?.role, unknown?.workspaceId]).toEqual([undefined, undefined]);
  });

  it.each([[undefined], [''], [-1], [1.5], [null], ['a\nb'], ['x'.repeat(256)], [['7']]])(
    'is nothing without a name: %p',
    (sub) => {
      expect(claimsOf(issuer(), sub === undefined ? {} : { sub })).toBeUndefined();
    },
  );
});

describe('what a token allows', () => {
  const allowed = (row: TrustedIssuer, claims: Record<string, string | string[]>): readonly string[] => {
    const all = { sub: '7', role: 'developer', ...claims };
    const claimed = claimsOf(row, all);
    const permissions =
      claimed === undefined ? undefined : foreignIdentity(row, claimed, all)?.principal.permissions;
    return permissions === undefined || permissions === 'all'
      ? [String(permissions)]
      : [...permissions].sort();
  };

  it('is what both its scopes and the role allow', () => {
    const row = issuer({ servesMcp: true });
    expect(allowed(row, { scope: 'mcp:tools.call openid' })).toEqual([
      'me:read',
      'me:update',
      'tools:call',
      'tools:read',
    ]);
    expect(allowed(row, { scp: ['mcp:prompts.read'] })).toEqual([
      'me:read',
      'me:update',
      'prompts:read',
      'tools:read',
    ]);
    expect(allowed(row, { role: 'viewer', scope: 'mcp:tools.call' })).toEqual([
      'me:read',
      'me:update',
      'tools:read',
    ]);
    expect(allowed(row, { role: 'admin', scope: '*' })).toEqual(['me:read', 'me:update']);
    expect(allowed(row, { role: 'admin' })).toEqual(['me:read', 'me:update']);
  });

  it('is the role alone where scopes speak of other things', () => {
    expect(allowed(issuer(), { role: 'admin', scope: 'openid profile' })).toEqual(['all']);
    expect(allowed(issuer(), { role: 'admin', scope: 'openid mcp:tools.read' })).toEqual([
      'me:read',
      'me:update',
      'tools:read',
    ]);
  });

  it('is nothing by scopes that are not ours', () => {
    expect([
      ...permissionsOfScopes(['mcp:*', 'mcp:tools.*', 'tools:call', 'mcp:', 'MCP:tools.call']),
    ]).toEqual([]);
  });
});
