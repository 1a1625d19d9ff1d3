/** What server.json of 2025-12-11 asks for, as far as a document can be wrong; written for the tests from its description. */

const text = (more: object = {}): object => ({ type: 'string', ...more });
const listOf = (items: object): object => ({ type: 'array', items });
const uri = text({ pattern: '^[a-z][a-z0-9+.-]*:\\S+$' });

const INPUT = {
  description: text(),
  isRequired: { type: 'boolean' },
  isSecret: { type: 'boolean' },
  format: { enum: ['string', 'number', 'boolean', 'filepath'] },
  value: text(),
  default: text(),
  placeholder: text(),
  choices: listOf(text()),
};
const inputs = { type: 'object', additionalProperties: { type: 'object', properties: INPUT } };
const WITH_VARIABLES = { ...INPUT, variables: inputs };
const keyed = { type: 'object', properties: { ...WITH_VARIABLES, name: text() }, required: ['name'] };

const argument = {
  anyOf: [
    {
      type: 'object',
      properties: {
        ...WITH_VARIABLES,
        ...{ type: { const: 'positional' }, valueHint: text(), isRepeated: { type: 'boolean' } },
      },
      required: ['type'],
      anyOf: [{ required: ['valueHint'] }, { required: ['value'] }],
    },
    {
      type: 'object',
      properties: {
        ...WITH_VARIABLES,
        type: { const: 'named' },
        name: text(),
        isRepeated: { type: 'boolean' },
      },
      required: ['type', 'name'],
    },
  ],
};

const address = text({ pattern: '^(https?://[^\\s]+|\\{[a-zA-Z_][a-zA-Z0-9_]*\\}[^\\s]*)$' });
const overHttp = {
  type: 'object',
  properties: {
    type: { enum: ['streamable-http', 'sse'] },
    url: address,
    headers: listOf(keyed),
    variables: inputs,
  },
  required: ['type', 'url'],
};
const stdio = { type: 'object', properties: { type: { const: 'stdio' } }, required: ['type'] };

export const SERVER_JSON_SCHEMA = {
  type: 'object',
  properties: {
    $schema: uri,
    name: text({ minLength: 3, maxLength: 200, pattern: '^[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+$' }),
    title: text({ minLength: 1, maxLength: 100 }),
    description: text({ minLength: 1, maxLength: 100 }),
    version: text({ minLength: 1, maxLength: 255, not: { pattern: '^latest$|^[~^<>=]|\\*|\\.x$' } }),
    websiteUrl: uri,
    repository: {
      type: 'object',
      properties: { url: uri, source: text(), id: text(), subfolder: text() },
      required: ['url', 'source'],
    },
    icons: listOf({
      type: 'object',
      properties: {
        src: text({ pattern: '^https://', maxLength: 255 }),
        mimeType: { enum: ['image/png', 'image/jpeg', 'image/jpg', 'image/svg+xml', 'image/webp'] },
        sizes: listOf(text({ pattern: '^(\\d+x\\d+|any)$' })),
        theme: { enum: ['light', 'dark'] },
      },
      required: ['src'],
    }),
    packages: listOf({
      type: 'object',
      properties: {
        ...{ registryType: text(), identifier: text(), registryBaseUrl: uri, runtimeHint: text() },
        version: text({ minLength: 1, maxLength: 255, not: { const: 'latest' } }),
        fileSha256: text({ pattern: '^[a-f0-9]{64}$' }),
        transport: { anyOf: [stdio, overHttp] },
        ...{ runtimeArguments: listOf(argument), packageArguments: listOf(argument) },
        environmentVariables: listOf(keyed),
      },
      required: ['registryType', 'identifier', 'transport'],
    }),
    remotes: listOf(overHttp),
    _meta: { type: 'object' },
  },
  required: ['name', 'description', 'version'],
};
