import { type JsonObject, type JsonValue } from '@app/kernel';

/** Arguments that a tool's schema accepts, as far as its types tell. */
export function exampleOf(schema: JsonObject): Record<string, JsonValue> {
  const properties = (schema.properties ?? {}) as Readonly<Record<string, JsonObject>>;
  return Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, valueOf(property)]));
}

function valueOf(property: JsonObject): JsonValue {
  if (property.default !== undefined) return property.default;
  if (Array.isArray(property.enum)) return (property.enum as readonly JsonValue[])[0] ?? null;
  switch (property.type) {
    case 'number':
    case 'integer':
      return 2;
    case 'boolean':
      return true;
    case 'array':
      return [];
    case 'object':
      return exampleOf(property);
    default:
      return 'example';
  }
}
