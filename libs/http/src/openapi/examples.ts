import { type OpenAPIObject } from '@nestjs/swagger';
import { isNode, type Node, SCHEMAS } from './node';

/** Schemas that hold one another are drawn this deep. */
const MAX_DEPTH = 8;
const JSON_TYPES = ['application/json', 'application/merge-patch+json'] as const;
const BY_TYPE: Readonly<Partial<Record<string, unknown>>> = {
  string: 'text',
  integer: 1,
  number: 1,
  boolean: true,
  object: {},
  array: [],
  null: null,
};

/** Each JSON body gets one example, put together from those of its properties, so that both can never disagree. */
export function addExamples(document: OpenAPIObject): void {
  const schemas = (document.components?.schemas ?? {}) as Record<string, Node>;
  for (const item of Object.values(document.paths)) {
    for (const operation of Object.values(item as Node)) {
      for (const media of isNode(operation) ? bodiesOf(operation) : []) complete(media, schemas);
    }
  }
}

function bodiesOf({ requestBody, responses }: Node): readonly Node[] {
  const holders = [requestBody, ...Object.values(isNode(responses) ? responses : {})];
  return holders.flatMap((holder) => {
    const content = isNode(holder) ? holder['content'] : undefined;
    return isNode(content) ? JSON_TYPES.map((type) => content[type]).filter(isNode) : [];
  });
}

function complete(media: Node, schemas: Readonly<Record<string, Node>>): void {
  if ('example' in media || 'examples' in media || !isNode(media['schema'])) return;
  media['examples'] = { example: { value: exampleOf(media['schema'], schemas, 0) } };
}

function exampleOf(schema: Node, schemas: Readonly<Record<string, Node>>, depth: number): unknown {
  const { $ref, examples, allOf } = schema;
  const inner = (part: unknown): unknown => (isNode(part) ? exampleOf(part, schemas, depth + 1) : undefined);
  if (depth > MAX_DEPTH) return undefined;
  // What a schema refers to knows more of itself than the place that refers to it.
  if (typeof $ref === 'string') return inner(schemas[$ref.slice(SCHEMAS.length)]);
  if (Array.isArray(allOf))
    return Object.assign({}, ...allOf.map(inner), objectExample(schema, inner)) as unknown;
  if (Array.isArray(examples) && examples.length > 0) return examples[0] as unknown;
  const choice = firstOf(schema['oneOf']) ?? firstOf(schema['anyOf']);
  if (choice !== undefined) return inner(choice);
  if (isNode(schema['properties'])) return objectExample(schema, inner);
  if (isNode(schema['items'])) return present([inner(schema['items'])]);
  return plainExample(schema);
}

function objectExample({ properties }: Node, inner: (part: unknown) => unknown): Node {
  const members = Object.entries(isNode(properties) ? properties : {});
  return Object.fromEntries(
    members.map(([name, part]) => [name, inner(part)] as const).filter(([, value]) => value !== undefined),
  );
}

function plainExample({ default: preset, const: only, enum: values, type }: Node): unknown {
  if (preset !== undefined) return preset;
  if (only !== undefined) return only;
  return firstOf(values) ?? BY_TYPE[String(firstOf(type) ?? type)];
}

const firstOf = (list: unknown): unknown => (Array.isArray(list) ? (list[0] as unknown) : undefined);
const present = (list: readonly unknown[]): readonly unknown[] => list.filter((one) => one !== undefined);
