import { type JsonObject } from '@app/kernel';

const text = (description: string, more: JsonObject = {}): JsonObject => ({
  type: 'string',
  description,
  ...more,
});

/** CloudEvents 1.0 with our extensions: names of lower-case letters, as the standard wants them, and text as their values. */
export const ENVELOPE: JsonObject = {
  title: 'Envelope',
  description: 'CloudEvents 1.0, structured mode in JSON.',
  type: 'object',
  properties: {
    specversion: { const: '1.0', description: 'Version of CloudEvents.' },
    id: text('Id of the event: the same at every repetition.', { minLength: 1 }),
    source: text('The installation.', { pattern: '^/quayside/.+$' }),
    type: text('Name and version.', { pattern: '^[a-z_]+(\\.[a-z_]+)+\\.v[0-9]+$' }),
    subject: text('What it is about.', { examples: ['instances/0192f0c1-6d1e-7c5a-9c1b-2f6f4a1d9e10'] }),
    time: text('When it happened.', { format: 'date-time' }),
    datacontenttype: { const: 'application/json', description: 'Of data.' },
    dataschema: text('Where the schema of data is.', {
      ...{ format: 'uri', pattern: '/schemas/events/[a-z0-9_.]+\\.json$' },
    }),
    sequence: text(
      'Number of the event in the log; only ever rises. Text, because integers have 32 bits here.',
      {
        pattern: '^[0-9]+$',
      },
    ),
    actor: text('Who did it: the kind, a colon, the id.'),
    correlationid: text('Id of the request that it goes back to.'),
    causationid: text('Id of the event or message that caused it.'),
    traceparent: text('W3C Trace Context.'),
    alias: text('Names that other documents give to the same fact, separated by commas.'),
    consoleurl: text('In webhooks: where people look at it.'),
    apiurl: text('In webhooks: where programs look at it.'),
    approveurl: text('In webhooks: where it is approved.'),
    rejecturl: text('In webhooks: where it is rejected.'),
    data: { type: 'object', description: 'What happened; its schema is that of the event.' },
  },
  required: ['specversion', 'id', 'source', 'type', 'subject', 'time', 'datacontenttype', 'actor', 'data'],
  // Names of attributes have no underscore: correlation_id would be none.
  propertyNames: { pattern: '^[a-z0-9]+$' },
};
