import Ajv2020 from 'ajv/dist/2020';
import { type JsonObject } from '@app/kernel';
import { type DefinitionState } from '../../../src/catalog';
import { definitionOfServerJson } from '../../../src/imports';
import { documentOf } from '../../../src/registry/documents/server-document';
import { entryOf } from '../../../src/registry/domain/published-server';
import { namespaceOf, serverNamed } from '../../../src/registry/domain/server-names';
import { SERVER_JSON_SAMPLES } from './server-json-samples';
import { SERVER_JSON_SCHEMA } from './server-json-schema';

const isValid = new Ajv2020({ strict: false }).compile(SERVER_JSON_SCHEMA);
const faultsOf = (document: unknown): unknown => (isValid(document) ? [] : isValid.errors);
const NAMESPACE = 'com.example.quayside';

type Described = Parameters<typeof documentOf>[0];
const definitionOf = (document: JsonObject): Described => {
  const definition = definitionOfServerJson(document);
  if (definition === undefined) throw new Error('it makes no definition');
  // What a database gives back.
  return JSON.parse(JSON.stringify(definition)) as Described;
};
const again = (document: JsonObject): JsonObject | undefined => documentOf(definitionOf(document), NAMESPACE);

describe('E25: server.json', () => {
  it.each(SERVER_JSON_SAMPLES.map((sample) => [sample['name'] as string, sample] as const))(
    '%s comes out as it went in',
    (_name, sample) => {
      expect(faultsOf(sample)).toEqual([]);
      expect(again(sample)).toEqual(sample);
    },
  );

  it('has twenty samples, and a schema that refuses what is none', () => {
    expect(SERVER_JSON_SAMPLES).toHaveLength(20);
    for (const wrong of [
      { name: 'no-namespace' },
      { description: 'x'.repeat(101) },
      { version: 'latest' },
      { remotes: [{ type: 'http' }] },
    ])
      expect(isValid({ ...SERVER_JSON_SAMPLES[0], ...wrong })).toBe(false);
  });

  it('tells what was changed here since', () => {
    const [sample = {}] = SERVER_JSON_SAMPLES.filter(({ name }) => name === 'io.github.example/about');
    const changed = { ...definitionOf(sample), description: 'Ours now.', version: '2.0.0' };
    expect(documentOf(changed, NAMESPACE)).toEqual({ ...sample, description: 'Ours now.', version: '2.0.0' });
    const moved = documentOf({ ...changed, dockerImageUrl: 'example/fork:3' }, NAMESPACE);
    expect(moved).toMatchObject({ title: sample['title'], packages: [{ identifier: 'example/fork:3' }] });
    expect(faultsOf(moved)).toEqual([]);
    const variables = [{ name: 'SIZE', type: 'integer', required: true }] as const;
    const asked = documentOf({ ...definitionOf(sample), envSchema: variables }, NAMESPACE);
    expect(faultsOf(asked)).toEqual([]);
    expect(definitionOfServerJson(asked)?.envSchema).toEqual(variables);
  });

  it('is written of what was made here, and read back with the same variables', () => {
    const envSchema: DefinitionState['envSchema'] = [
      { name: 'API_KEY', type: 'string', description: 'Key.', required: true, secret: true },
      ...(['integer', 'number', 'boolean', 'json', 'url', 'string'] as const).map((type) => ({
        ...{ name: `AN_${type.toUpperCase()}`, type, default: type === 'boolean' ? 'true' : '1' },
      })),
    ];
    const made = {
      ...{ name: 'docs', description: 'x '.repeat(200), version: 'latest', dockerImageUrl: 'example/docs:1' },
      ...{ envSchema, defaults: { port: 9000, command: ['serve', '--fast'] } },
    };
    const document = documentOf(made, NAMESPACE);
    expect(faultsOf(document)).toEqual([]);
    expect(document).toMatchObject({
      name: 'com.example.quayside/docs',
      packages: [{ transport: { type: 'streamable-http', url: 'http://localhost:9000/mcp' } }],
    });
    expect(definitionOfServerJson(document)?.envSchema).toEqual(envSchema);
    const remote = {
      ...made,
      dockerImageUrl: '',
      envSchema: [],
      defaults: { type: 'url', endpoint: 'https://a.example.com/mcp' },
    };
    expect(faultsOf(documentOf(remote, NAMESPACE))).toEqual([]);
    expect(
      documentOf({ ...remote, defaults: { type: 'stdio', command: 'echo' } }, NAMESPACE),
    ).toBeUndefined();
  });

  it('keeps no secret that somebody wrote into it', () => {
    const secret = 'sk-canary4f1c0b7e9d2a4c6f8e0b';
    const document = {
      ...SERVER_JSON_SAMPLES[0],
      packages: [
        {
          ...{ registryType: 'oci', identifier: 'example/x:1', transport: { type: 'stdio' } },
          environmentVariables: [
            { name: 'TOKEN', isSecret: true, value: secret },
            { name: 'PASSWORD', default: secret },
          ],
        },
      ],
    };
    expect(JSON.stringify(definitionOfServerJson(document))).not.toContain(secret);
  });

  it('is valid for what runs here, under a name that is found again', () => {
    for (const url of [
      'https://quayside.example.com',
      'http://localhost:8080',
      'http://127.0.0.1:8080',
      'http://[::1]:1',
    ]) {
      const place = { publicUrl: url, namespace: namespaceOf(url) };
      for (const kind of ['instance', 'endpoint'] as const) {
        const at = new Date(0);
        const server = { kind, name: 'my_server', description: '', version: '1.3.0', isPublic: true };
        const entry = entryOf({ ...server, createdAt: at, updatedAt: at }, place);
        expect(faultsOf(entry.server)).toEqual([]);
        expect(serverNamed(place.namespace, entry.server['name'] as string)).toEqual({
          kind,
          name: 'my_server',
        });
      }
    }
    expect(namespaceOf('https://quayside.example.com')).toBe(NAMESPACE);
  });
});
