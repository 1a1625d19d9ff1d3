import { type Instance } from '../data/instance';
import { driftOf } from './drift';

const template = (more: object = {}) =>
  ({
    ...{ docker_image_url: 'a/b:2', port: 8000, transport: 'stdio', env_schema: [] },
    ...more,
  }) as unknown as Parameters<typeof driftOf>[1];
const instance = (spec: object) =>
  ({ json_spec: { type: 'docker', image: 'a/b:2', ...spec } }) as unknown as Instance;
const kinds = (one: Instance, other: Parameters<typeof driftOf>[1]) =>
  driftOf(one, other).map(({ kind, name }) => (name === undefined ? kind : `${kind} ${name}`));

describe('drift against the template', () => {
  it('is nothing where both say the same, or the template nothing', () => {
    expect(kinds(instance({ port: 8000, transport: 'stdio' }), template())).toEqual([]);
    expect(kinds(instance({ command: ['x'] }), template({ port: null, transport: null }))).toEqual([]);
  });

  it('names parts that differ, with both values', () => {
    const found = driftOf(instance({ image: 'a/b:1', port: 8000, transport: 'sse' }), template());
    expect(found).toEqual([
      { kind: 'image', template: 'a/b:2', here: 'a/b:1' },
      { kind: 'transport', template: 'stdio', here: 'sse' },
    ]);
  });

  it('names new and removed variables', () => {
    const env_schema = [
      { name: 'KEY', type: 'string', required: true },
      { name: 'LEVEL', type: 'string' },
      { name: 'KEPT', type: 'string' },
    ];
    const one = instance({ port: 8000, transport: 'stdio', environment: { KEPT: '1', OLD: '2' } });
    expect(kinds(one, template({ env_schema }))).toEqual(['missing KEY', 'unused LEVEL', 'removed OLD']);
  });

  it('does not compare a remote server with a container', () => {
    expect(driftOf({ json_spec: { type: 'url', endpoint: 'x' } } as unknown as Instance, template())).toEqual(
      [],
    );
  });
});
