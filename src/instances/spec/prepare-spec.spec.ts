import { DomainError } from '@app/kernel';
import { InstancesOptions } from '../instances.options';
import { type SpecDraft, SpecPreparer } from './prepare-spec';

const preparer = new SpecPreparer(new InstancesOptions({ bundled: [] }));
const draft: SpecDraft = {
  instanceId: 'i-1',
  base: { type: 'docker', image: 'mcp/filesystem:latest' },
  wanted: {},
  environment: {},
};

/** Place and words of each fault. */
function faultsOf(wanted: Partial<SpecDraft>): readonly string[] {
  try {
    preparer.prepare({ ...draft, ...wanted }, () => undefined);
    return [];
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return (error.errors ?? []).map(({ pointer, detail }) => `${pointer}: ${detail}`);
  }
}

describe('a specification that cannot be', () => {
  it('is told with all its faults at once, in words for people', () => {
    const wanted = {
      port: 70_000,
      command: 'python',
      resources: { memory_limit: '256x', cpu_limit: '-1' },
      health_check: { path: '/health', interval: 5_000 },
      transport: 'carrier-pigeon',
    };
    expect(faultsOf({ wanted })).toEqual([
      '/json_spec/port: must be at most 65535',
      '/json_spec/command: must be a list',
      '/json_spec/resources/memory_limit: must be a size like "256m", at least 6m',
      '/json_spec/resources/cpu_limit: must be a positive number of cores like "0.5"',
      '/json_spec/health_check/interval: must be at most 3600',
      '/json_spec/transport: must be one of streamable-http, sse, stdio',
    ]);
  });

  it('isolates sessions only where the server speaks over its standard streams', () => {
    const isolated = { session_isolation: 'per_session', max_sessions: 4 };
    expect(faultsOf({ wanted: isolated })).toEqual([
      '/json_spec/session_isolation: per_session is for servers with the transport "stdio"',
    ]);
    expect(faultsOf({ wanted: { ...isolated, transport: 'stdio' } })).toEqual([]);
    expect(faultsOf({ wanted: { transport: 'stdio', max_sessions: 65 } })).toEqual([
      '/json_spec/max_sessions: must be at most 64',
    ]);
  });

  it('is told in the words of the request', () => {
    const contract = { name: 't', envSchema: [{ name: 'LIMIT', type: 'integer', required: true }] as const };
    const pointers = (pointer: string): string => pointer.replace('/environment', '');
    expect(faultsOf({ contract, pointers, environment: { LIMIT: 'many' } })).toEqual([
      '/LIMIT: LIMIT must be of type integer',
    ]);
    expect(faultsOf({ contract, pointers })).toEqual(['/LIMIT: The template marks it required.']);
  });

  it('remembers where in the request a stored variable came from', () => {
    const { pointers } = preparer.prepare({ ...draft, environment: { TOKEN: 'x' } }, () => undefined);
    expect(pointers('/json_spec/environment/TOKEN')).toBe('/environment/TOKEN');
    expect(pointers('/json_spec/image')).toBe('/json_spec/image');
  });
});

describe('the part of a specification that a definition gives', () => {
  it.each([
    ['no image yet', { port: 8_000 }, []],
    ['no address yet', { type: 'url', timeout: 30 }, []],
    ['a wrong value', { resources: { memory_limit: '256x' } }, ['/json_spec/resources/memory_limit']],
    ['an unknown field', { network: { egress: 'none', mtu: 9_000 } }, ['/json_spec/network/mtu']],
    ['what another type has', { type: 'url', port: 8_000 }, ['/json_spec/port']],
  ])('judges %s', (_, base, pointers) => {
    expect(preparer.judgePart(base).map(({ pointer }) => pointer)).toEqual(pointers);
  });
});
