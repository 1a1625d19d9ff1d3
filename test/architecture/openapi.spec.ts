import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AnySchema, Ajv2020 } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { PRODUCT, ROOT } from './sources';

interface Media {
  readonly schema: Schema;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}
interface Schema {
  readonly $ref?: string;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
}
interface Answer {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, Media>>;
}
interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly object[];
  readonly 'x-permissions'?: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Answer;
  readonly responses: Readonly<Record<string, Answer>>;
}
interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: string;
}
interface Document {
  readonly openapi: string;
  readonly info: Readonly<Record<string, unknown>>;
  readonly tags: readonly { readonly name: string; readonly description?: string }[];
  readonly security: readonly object[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly responses: Readonly<Record<string, Answer>>;
    readonly parameters: Readonly<Record<string, Parameter>>;
  };
}

const text = readFileSync(join(ROOT, 'openapi.json'), 'utf8');
const { openapi, info, tags: known, security, paths, components } = JSON.parse(text) as Document;
const operations = Object.values(paths).flatMap((item) => Object.values(item));
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema({ $id: 'openapi', components });

/** References within the document, as the validator finds them. */
const anchored = (schema: Schema): AnySchema =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"openapi#/components/')) as AnySchema;

function faultsOf(where: string, schema: Schema, value: unknown): readonly string[] {
  const validate = ajv.compile(anchored(schema));
  return validate(value)
    ? []
    : (validate.errors ?? []).map((fault) => `${where}: ${ajv.errorsText([fault])}`);
}

const examplesOf = ({ example, examples = {} }: Media): readonly unknown[] => [
  ...(example === undefined ? [] : [example]),
  ...Object.values(examples).map(({ value }) => value),
];
const isJson = (type: string): boolean => type.endsWith('json');

/** Each body of the document with a name for it. */
const bodies: readonly (readonly [string, Media])[] = [
  ...operations.flatMap(({ operationId, requestBody, responses }) => [
    [`${operationId} request`, requestBody] as const,
    ...Object.entries(responses).map(([status, answer]) => [`${operationId} ${status}`, answer] as const),
  ]),
  ...Object.entries(components.responses),
].flatMap(([name, holder]) =>
  Object.entries(holder?.content ?? {})
    .filter(([type]) => isJson(type))
    .map(([type, media]) => [`${name} ${type}`, media] as const),
);

describe('the OpenAPI document', () => {
  it('E1: is written in 3.1 and its own words', () => {
    expect(openapi).toBe('3.1.0');
    expect(text).not.toContain('"nullable"');
  });

  it('holds together: names are unique, references lead somewhere, nothing is left over', () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
    expect(info).toMatchObject({
      license: { name: 'MIT' },
      contact: {},
      description: expect.any(String) as string,
    });
    const undescribed = known.filter(({ description = '' }) => description === '').map(({ name }) => name);
    const used = operations.flatMap(({ tags = [] }) => tags);
    const missing = used.filter((tag) => !known.some(({ name }) => name === tag));
    expect([undescribed, missing, security.length]).toEqual([[], [], 1]);

    const referred = new Set([...text.matchAll(/"#\/components\/([^"]+)"/g)].map((match) => match[1] ?? ''));
    const defined = Object.entries(components).flatMap(([kind, named]) =>
      Object.keys(named).map((name) => `${kind}/${name}`),
    );
    expect([...referred].filter((name) => !defined.includes(name))).toEqual([]);
    // Security schemes are referred to by their names.
    expect(defined.filter((name) => !referred.has(name))).toEqual(['securitySchemes/bearer']);

    const shape = (path: string): string => path.replaceAll(/\{\w+\}/g, '{}');
    const shapes = Object.keys(paths).map(shape);
    expect(shapes.filter((one, at) => shapes.indexOf(one) !== at)).toEqual([]);
    for (const [path, item] of Object.entries(paths))
      for (const { operationId, parameters = [] } of Object.values(item)) {
        const resolved = parameters.map(({ $ref, ...rest }) =>
          $ref === undefined ? rest : components.parameters[$ref.split('/').at(-1) ?? ''],
        );
        const inPath = resolved.filter((one) => one?.in === 'path').map((one) => one?.name);
        const named = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
        expect([operationId, ...inPath.sort()]).toEqual([operationId, ...named.sort()]);
      }
  });

  it('E2: says of each operation what it does, who may, and how it is refused', () => {
    for (const { operationId, summary = '', description = '', tags = [], ...operation } of operations) {
      const isPublic = operation.security?.length === 0;
      expect([operationId, operationId]).toEqual([operationId, expect.stringMatching(/^[a-z][A-Za-z]+$/)]);
      expect([operationId, summary.length > 0 && summary.length <= 60]).toEqual([operationId, true]);
      expect([operationId, description.length > 0, tags.length]).toEqual([operationId, true, 1]);
      expect([operationId, isPublic || (operation['x-permissions'] ?? []).length > 0]).toEqual([
        operationId,
        true,
      ]);
      expect(Object.keys(operation.responses)).toEqual(
        expect.arrayContaining(['400', '500', ...(isPublic ? [] : ['401', '403'])]),
      );
    }
  });

  it('E2: shows an example of each JSON body, and each fits its schema', () => {
    expect(bodies.length).toBeGreaterThan(60);
    expect(bodies.filter(([, media]) => examplesOf(media).length === 0).map(([name]) => name)).toEqual([]);
    const faults = bodies.flatMap(([name, media]) =>
      examplesOf(media).flatMap((value) => faultsOf(name, media.schema, value)),
    );
    expect(faults).toEqual([]);
  });

  it('describes each property, and the examples of properties fit', () => {
    const properties = Object.entries(components.schemas).flatMap(([name, { properties: members = {} }]) =>
      Object.entries(members).map(([member, schema]) => [`${name}.${member}`, schema] as const),
    );
    expect(properties.filter(([, { description = '' }]) => description === '').map(([name]) => name)).toEqual(
      [],
    );
    const faults = properties.flatMap(([name, schema]) =>
      (schema.examples ?? []).flatMap((value) => faultsOf(name, schema, value)),
    );
    expect(faults).toEqual([]);
  });

  it('gives each name to one class, because schemas of one name are one schema', () => {
    const names = PRODUCT.flatMap(({ text: source }) =>
      [...source.matchAll(/^(?:export )?class (\w+Dto)\b/gm)].map((match) => match[1] ?? ''),
    );
    expect(names.length).toBeGreaterThan(40);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });
});
