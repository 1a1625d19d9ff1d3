import { bodyWith, type FixInput, tabFor } from './diagnosis';

const input = (pointer: string, type: FixInput['type'] = 'text'): FixInput => ({
  ...{ pointer, type, label: '', description: '', suggestion: null },
});

describe('the body of a fix', () => {
  it.each([
    [null, input('/API_KEY', 'secret'), 'x', { API_KEY: 'x' }],
    [{}, input('/json_spec/port', 'integer'), '3000', { json_spec: { port: 3000 } }],
    [
      { json_spec: { resources: { cpu_limit: '1' } } },
      input('/json_spec/resources/memory_limit'),
      '1g',
      { json_spec: { resources: { cpu_limit: '1', memory_limit: '1g' } } },
    ],
    [{}, input('/a~1b/c~0d'), 'x', { 'a/b': { 'c~d': 'x' } }],
  ])('%j gets what was given', (body, at, value, whole) => {
    const before = structuredClone(body);
    expect(bodyWith(body, at, value)).toEqual(whole);
    expect(body).toEqual(before);
  });

  it('that is none leads where a person can do it', () => {
    expect(['read_logs', 'put_secret', 'check_engine'].map(tabFor)).toEqual(['logs', 'config', undefined]);
  });
});
