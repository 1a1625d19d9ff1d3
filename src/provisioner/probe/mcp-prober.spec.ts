import { DomainError } from '@app/kernel';
import { McpProber } from './mcp-prober';
import { type ProbeTarget } from './prober';

const target = (fetch: ProbeTarget['fetch']): ProbeTarget => ({
  key: 'i-1:g1',
  instanceId: 'i-1',
  serverName: 'docs-search',
  urls: ['http://localhost:3333/mcp'],
  transport: undefined,
  healthUrl: 'http://localhost:3333/health',
  headers: {},
  auth: undefined,
  fetch,
  timeoutMs: 30_000,
  prefer: undefined,
});

describe('the health path of a server', () => {
  const prober = new McpProber();
  afterAll(() => prober.close());

  const refusalOf = async (fetch: ProbeTarget['fetch']): Promise<DomainError> => {
    const error: unknown = await prober
      .probe(target(fetch), new AbortController().signal)
      .catch((caught: unknown) => caught);
    if (error instanceof DomainError) return error;
    throw new Error(`Not an error that may be shown: ${String(error)}`);
  };

  it('is told in words that may be shown when nothing listens there', async () => {
    const fault = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:3333'), { code: 'ECONNREFUSED' });
    const error = await refusalOf(() => Promise.reject(fault));
    expect(error.code).toBe('upstream_unreachable');
    expect(error.message).toBe('"docs-search" cannot be reached: the connection was refused.');
  });

  it('is told with the status that it answered', async () => {
    const error = await refusalOf(() => Promise.resolve(new Response('no', { status: 503 })));
    expect(error.message).toBe('The health path /health answered 503.');
    expect(error.upstream).toEqual({ server_name: 'docs-search', layer: 'http' });
  });
});
