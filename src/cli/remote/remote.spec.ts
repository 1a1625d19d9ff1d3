import { CliError } from '../failures';
import { argumentsOf, objectOf } from './arguments';
import { withValue } from './diagnose';
import { secondsOf } from './instances';
import { bodyOf, nameFor } from './run';

describe('arguments of a tool', () => {
  const schema = {
    properties: { text: { type: 'string' }, count: { type: 'integer' }, on: { type: ['boolean', 'null'] } },
  };

  it('have the types that it asks for', () => {
    expect(argumentsOf(['text=12', 'count=3', 'on=true', 'free=[1]', 'word=a=b'], schema)).toEqual({
      ...{ text: '12', count: 3, on: true },
      ...{ free: [1], word: 'a=b' },
    });
  });

  it.each([['count=three'], ['=x'], ['nothing']])('refuse %s', (pair) => {
    expect(() => argumentsOf([pair], schema)).toThrow(CliError);
  });

  it('may come as an object', () => {
    expect(objectOf('{"a":1}', 'it')).toEqual({ a: 1 });
    expect(() => objectOf('[1]', 'it')).toThrow('it is not a JSON object.');
  });
});

describe('what is run', () => {
  const of = (what: string, more: object = {}) =>
    bodyOf(what, { wait: '0', ...more }, { TOKEN: 'from the environment' });

  it.each([
    ['everything', { name: 'everything', template: 'everything' }],
    ['ghcr.io/a/b:1', { name: 'b', json_spec: { type: 'docker', image: 'ghcr.io/a/b:1' } }],
    [
      'https://mcp.example.com/mcp',
      { name: 'mcp-example-com', json_spec: { type: 'url', endpoint: 'https://mcp.example.com/mcp' } },
    ],
  ])('%s', (what, body) => {
    expect(of(what)).toEqual(body);
  });

  it('takes variables, the secret ones by name only', () => {
    expect(of('needs-key', { name: 'mine', env: ['A=1=2'], envFrom: ['TOKEN'] })).toEqual({
      ...{ name: 'mine', template: 'needs-key' },
      environment: { A: '1=2', TOKEN: 'from the environment' },
    });
    expect(() => of('needs-key', { envFrom: ['NOWHERE'] })).toThrow('The environment has no NOWHERE.');
    expect(() => of('npx:thing')).toThrow(CliError);
  });

  it.each([
    ['Ghcr.io/Some/Thing@sha256:abc', 'thing'],
    ['___', 'server'],
  ])('is called after %s: %s', (what, name) => {
    expect(nameFor(what)).toBe(name);
  });

  it('is waited for as long as the API waits', () => {
    expect([secondsOf('60s'), secondsOf('0')]).toEqual([60, 0]);
    expect(() => secondsOf('600')).toThrow('0 to 60 seconds');
  });
});

describe('values of a fix', () => {
  it('go where the pointer says', () => {
    const body = { json_spec: { port: 1 } };
    const filled = withValue(body, { pointer: '/json_spec/resources/memory_limit', type: 'text' }, '1g');
    expect(filled).toEqual({ json_spec: { port: 1, resources: { memory_limit: '1g' } } });
    expect(withValue({}, { pointer: '/json_spec/port', type: 'integer' }, '80')).toEqual({
      json_spec: { port: 80 },
    });
    expect(body).toEqual({ json_spec: { port: 1 } });
  });
});
