// A real authorization server for tests: prints its address, and serves until it is ended.
// Its only argument is JSON: the port, clients, scopes of resources, and claims of accounts by name.
import Provider from 'oidc-provider';

const { port, clients, accounts, resourceScopes = [], pkceMethods } = JSON.parse(process.argv[2] ?? '{}');
const issuer = `http://localhost:${port}`;

const provider = new Provider(issuer, {
  clients,
  pkce: { required: () => true },
  claims: { openid: ['sub', 'roles', 'team'], profile: ['name', 'preferred_username'], email: ['email'] },
  // Into the token itself, where a client that asks nobody else finds them.
  conformIdTokenClaims: false,
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...accounts[id] }) }),
  scopes: ['openid', 'offline_access', 'profile', 'email', ...resourceScopes],
  clientBasedCORS: () => true,
  features: {
    devInteractions: { enabled: true },
    registration: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_context, resource) => ({
        audience: resource,
        scope: resourceScopes.join(' '),
        accessTokenFormat: 'jwt',
        accessTokenTTL: 600,
        jwt: { sign: { alg: 'RS256' } },
      }),
      useGrantedResource: () => true,
    },
  },
  extraTokenClaims: (_context, token) => ({ roles: accounts[token.accountId]?.roles }),
});

if (pkceMethods !== undefined) {
  provider.use(async (context, next) => {
    await next();
    if (context.path !== '/.well-known/openid-configuration') return;
    context.body = { ...context.body, code_challenge_methods_supported: pkceMethods };
  });
}
provider.listen(port, '127.0.0.1', () => process.stdout.write(`${issuer}\n`));
