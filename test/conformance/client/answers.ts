import { type JsonObject, type JsonValue } from '@app/kernel';
import { type RpcRequest } from '@app/mcp';

export const CAPABILITIES: JsonObject = { elicitation: { form: {} }, sampling: {}, roots: {} };

/** A person who agrees to everything and fills in what was suggested. */
export function answerServer({ method, params = {} }: RpcRequest): Promise<JsonObject> {
  switch (method) {
    case 'elicitation/create':
      return Promise.resolve({ action: 'accept', content: filledIn(params.requestedSchema) });
    case 'sampling/createMessage':
      return Promise.resolve({
        model: 'none',
        role: 'assistant',
        content: { type: 'text', text: 'A sampled answer.' },
      });
    case 'roots/list':
      return Promise.resolve({ roots: [{ uri: 'file:///tmp', name: 'tmp' }] });
    default:
      return Promise.reject(new Error(`${method} is not offered`));
  }
}

const BLANKS: Readonly<Record<string, JsonValue>> = {
  string: 'text',
  number: 1,
  integer: 1,
  boolean: true,
  array: [],
};

function filledIn(schema: JsonValue | undefined): JsonObject {
  const { properties = {}, required = [] } = (schema ?? {}) as {
    properties?: Record<string, JsonObject>;
    required?: readonly string[];
  };
  const content: Record<string, JsonValue> = {};
  for (const [name, property] of Object.entries(properties)) {
    if (property.default !== undefined) content[name] = property.default;
    else if (required.includes(name)) content[name] = BLANKS[property.type as string] ?? 'text';
  }
  return content;
}
