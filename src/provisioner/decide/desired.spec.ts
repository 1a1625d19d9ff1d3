import { type DesiredInstanceRow } from '@app/contracts';
import { desiredFromRow, needsBridge, specHashOf } from './desired';

const row = (over: Partial<DesiredInstanceRow> = {}): DesiredInstanceRow => ({
  id: 'i-1',
  name: 'server',
  generation: 3,
  container_generation: 3,
  desired_state: 'running',
  replicas: 4,
  spec: { type: 'docker', image: 'a:1' },
  ...over,
});

describe('the wish', () => {
  it('has as many replicas as its row, and one where nothing can be replicated', () => {
    expect(desiredFromRow(row()).replicas).toBe(4);
    expect(desiredFromRow(row({ spec: { type: 'url', endpoint: 'https://x/mcp' } })).replicas).toBe(1);
  });

  it('has a hash that depends on the values and not on their order', () => {
    const one = specHashOf({ type: 'docker', image: 'a:1', environment: { A: '1', B: '2' } });
    expect(specHashOf({ environment: { B: '2', A: '1' }, image: 'a:1', type: 'docker' })).toBe(one);
    expect(specHashOf({ type: 'docker', image: 'a:1', environment: { A: '1', B: '3' } })).not.toBe(one);
  });

  it('knows who speaks over standard streams', () => {
    expect(needsBridge({ type: 'stdio', command: 'echo' })).toBe(true);
    expect(needsBridge({ type: 'docker', image: 'a:1', transport: 'stdio' })).toBe(true);
    expect(needsBridge({ type: 'docker', image: 'a:1' })).toBe(false);
  });
});
