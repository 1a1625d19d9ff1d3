import { type OpenAPIObject } from '@nestjs/swagger';
import { isNode, type Node, SCHEMAS } from './node';

/** Members whose values are data, not schemas: nothing in them is rewritten. */
const DATA: ReadonlySet<string> = new Set([
  'example',
  'examples',
  'default',
  'const',
  'enum',
  'value',
  'mapping',
]);
const COMBINATORS = ['oneOf', 'anyOf', 'allOf'] as const;

/** Schemas as JSON Schema 2020-12 has them, and no unknown member in what callers send. */
export function completeSchemas(document: OpenAPIObject): void {
  const schemas = (document.components?.schemas ?? {}) as Record<string, Node>;
  for (const schema of Object.values(schemas)) modernise(schema);
  for (const item of Object.values(document.paths) as unknown as Node[]) modernise(item);
  const open = bodySchemas(document);
  // Each name once, though schemas refer to one another in circles.
  const closed = new Set<string>();
  while (open.length > 0) {
    const name = open.pop();
    const schema = name === undefined ? undefined : schemas[name];
    if (name === undefined || schema === undefined || closed.has(name)) continue;
    closed.add(name);
    close(schema);
    open.push(...referencesIn(schema));
  }
}

/** `example` became `examples` in schemas; in parameters and media types it stayed. */
function modernise(node: unknown): void {
  if (Array.isArray(node)) {
    node.forEach(modernise);
    return;
  }
  if (!isNode(node)) return;
  if ('example' in node && isSchema(node)) {
    node['examples'] = [node['example']];
    delete node['example'];
  }
  for (const [key, value] of Object.entries(node)) {
    if (key === 'properties' && isNode(value)) Object.values(value).forEach(modernise);
    else if (!DATA.has(key) && !key.startsWith('x-')) modernise(value);
  }
}

function close(schema: Node): void {
  if (schema['type'] === 'object' && isNode(schema['properties']) && !('additionalProperties' in schema)) {
    // A composed schema would refuse its siblings' members.
    if (!COMBINATORS.some((name) => name in schema)) schema['additionalProperties'] = false;
  }
}

function bodySchemas({ paths }: OpenAPIObject): string[] {
  return Object.values(paths)
    .flatMap((item) => Object.values(item as Node))
    .flatMap((operation) => (isNode(operation) ? referencesIn(operation['requestBody']) : []));
}

function referencesIn(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(referencesIn);
  if (!isNode(node)) return [];
  const own = node['$ref'];
  const named = typeof own === 'string' && own.startsWith(SCHEMAS) ? [own.slice(SCHEMAS.length)] : [];
  const inner = Object.entries(node).filter(([key]) => !DATA.has(key));
  return [...named, ...inner.flatMap(([, value]) => referencesIn(value))];
}

/** Parameters and media types hold their schema in `schema`; a schema says what it is itself. */
const isSchema = (node: Node): boolean =>
  !('schema' in node) &&
  ['type', '$ref', 'enum', 'properties', 'items', ...COMBINATORS].some((key) => key in node);
