import { canonicalUrl } from './aliases';

describe('canonicalUrl', () => {
  it.each([
    ['/mcp/servers', '/api/v1/mcp/servers'],
    ['/mcp/servers/status?x=1', '/api/v1/mcp/servers/status?x=1'],
    ['/mcp/instances/a/start', '/api/v1/mcp/instances/a/start'],
    ['/mcp/tools/call', '/api/v1/mcp/tools/call'],
    ['/mcp/templates', '/api/v1/mcp/templates'],
    ['/templates?limit=1', '/api/v1/mcp/templates?limit=1'],
    ['/containers', '/api/v1/mcp/containers'],
    ['/containers/web', '/api/v1/mcp/containers/web'],
    ['/mcp/connect?target=all', '/api/v1/mcp/connect?target=all'],
  ])('%s leads to %s', (url, canonical) => {
    expect(canonicalUrl(url)).toBe(canonical);
  });

  it.each([
    '/mcp',
    '/mcp/',
    '/mcp?x=/mcp/servers',
    '/mcp/serversX',
    '/mcp/templates/x',
    '/servers/one/mcp',
    '/endpoints/all/mcp',
    '/containersX',
    '/api/v1/mcp/servers',
    '//mcp/servers',
    '/',
  ])('%s stays', (url) => {
    expect(canonicalUrl(url)).toBe(url);
  });
});
