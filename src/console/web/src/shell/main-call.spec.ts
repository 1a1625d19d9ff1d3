import { mainCall } from './main-call';

const get = (path: string) => ({ method: 'GET', path });

describe('the call that a page is about', () => {
  it.each([
    ['/console/instances/everything', '/api/v1/mcp/instances/everything'],
    ['/console/agents', '/api/v1/agents?limit=200'],
  ])('of %s is %s', (page, expected) => {
    const calls = [
      ...['/health', '/api/v1/me', '/api/v1/me/views', '/api/v1/mcp/instances/everything/stats'].map(get),
      ...['/api/v1/mcp/instances/everything', '/api/v1/agents?limit=200'].map(get),
    ];
    expect(mainCall(calls, page, '')?.path).toBe(expected);
  });

  it('is none where only the frame asked', () => {
    expect(mainCall([get('/health'), get('/api/v1/me')], '/console/admin/about', '')).toBeUndefined();
  });
});
