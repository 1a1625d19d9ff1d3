import { QUEUES } from '@app/contracts';
import { type JsonObject, type JsonValue } from '@app/kernel';
import { ENVELOPE } from './envelope';
import { type EventSchema } from './event-schemas';
import { FRAMES, type FrameSchema } from './frames';
import { QUEUE_MESSAGES } from './queue-messages';

export interface AsyncApiInput {
  readonly version: string;
  readonly publicUrl: string;
  readonly events: readonly EventSchema[];
}

const CLOUD_EVENTS = 'application/cloudevents+json';
const JSON_TYPE = 'application/json';
const SCHEMAS = '#/components/schemas';
const MESSAGES = '#/components/messages';
/** In the log of calls and not in that of events: told, never stored as an event, so that it has no number. */
const TOLD_ONLY = new Set(['mcp.tool.called']);

const ref = (to: string): JsonObject => ({ $ref: to });
const entriesOf = <T>(items: readonly T[], entry: (item: T) => readonly [string, JsonValue]): JsonObject =>
  Object.fromEntries(items.map(entry));

/** AsyncAPI 3.0: everything that is said without being asked for, by whom, where and in which shape. */
export function buildAsyncApi({ version, publicUrl, events }: AsyncApiInput): JsonObject {
  const { host, protocol } = new URL(publicUrl);
  const secure = protocol === 'https:';
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Quayside events',
      version,
      description:
        'What an installation tells: by WebSocket, as server-sent events and by webhooks; and the queues between its own processes.',
      license: { name: 'MIT' },
    },
    defaultContentType: JSON_TYPE,
    servers: {
      socket: { host, protocol: secure ? 'wss' : 'ws', description: 'WebSocket.' },
      http: { host, protocol: secure ? 'https' : 'http', description: 'Server-sent events.' },
      queues: {
        host: 'internal',
        protocol: 'bullmq',
        description: 'Redis or PostgreSQL of the installation.',
      },
    },
    channels: channelsOf(events),
    operations: OPERATIONS,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API key or access token.' },
      },
      schemas: {
        envelope: ENVELOPE,
        ...entriesOf(events, ({ name, schema }) => [name, plainSchema(schema)]),
        ...entriesOf(FRAMES, ({ type, schema }) => [`frame.${type}`, schema]),
        ...entriesOf(QUEUES, (queue) => [`job.${queue}`, QUEUE_MESSAGES[queue].payload]),
      },
      messages: {
        ...entriesOf(events, (event) => [event.name, messageOfEvent(event)]),
        ...entriesOf(FRAMES, (frame) => [`frame.${frame.type}`, messageOfFrame(frame)]),
        ...entriesOf(QUEUES, (queue) => [`job.${queue}`, messageOfQueue(queue)]),
      },
    },
  };
}

/** The documents of their own say what they are and by which dialect; inside of another one both would be in the way. */
const plainSchema = ({ $schema: _dialect, $id: _address, ...schema }: JsonObject): JsonObject => schema;

const messageOfEvent = ({ name, type, description }: EventSchema): JsonObject => ({
  ...{ name: type, title: name, summary: description, contentType: CLOUD_EVENTS },
  payload: {
    allOf: [
      ref(`${SCHEMAS}/envelope`),
      {
        type: 'object',
        properties: { type: { const: type }, data: ref(`${SCHEMAS}/${name}`) },
        required: TOLD_ONLY.has(name) ? ['data'] : ['data', 'dataschema', 'sequence', 'correlationid'],
      },
    ],
  },
});

const messageOfFrame = ({ type, summary }: FrameSchema): JsonObject => ({
  ...{ name: type, title: type, summary },
  payload: ref(`${SCHEMAS}/frame.${type}`),
});

function messageOfQueue(queue: (typeof QUEUES)[number]): JsonObject {
  const { message, summary } = QUEUE_MESSAGES[queue];
  return { name: message, title: message, summary, payload: ref(`${SCHEMAS}/job.${queue}`) };
}

function channelsOf(events: readonly EventSchema[]): JsonObject {
  const told = entriesOf(events, ({ name }) => [name, ref(`${MESSAGES}/${name}`)]);
  // What calls of tools are, webhooks are not told: there may be thousands a second.
  const delivered = Object.fromEntries(Object.entries(told).filter(([name]) => !TOLD_ONLY.has(name)));
  const frames = entriesOf(FRAMES, ({ type }) => [`frame.${type}`, ref(`${MESSAGES}/frame.${type}`)]);
  const heard = Object.fromEntries(Object.entries(frames).filter(([name]) => HEARD_BY_STREAM.test(name)));
  return {
    socket: {
      address: '/ws',
      title: 'WebSocket',
      description:
        'Flat frames by default; with the subprotocol cloudevents.json each event is an envelope. A text frame holds one.',
      servers: [ref('#/servers/socket')],
      messages: { ...frames, ...told },
    },
    stream: {
      address: '/api/v1/events',
      title: 'Server-sent events',
      description:
        'The same; `format=cloudevents` asks for envelopes, `Last-Event-ID` goes on where it ended.',
      servers: [ref('#/servers/http')],
      messages: { ...heard, ...told },
    },
    webhooks: {
      address: null,
      title: 'Webhooks',
      description:
        'POST to the address of whoever registered it, signed as Standard Webhooks say (webhook-id, webhook-timestamp, webhook-signature).',
      messages: delivered,
    },
    ...entriesOf(QUEUES, (queue) => [
      queueChannel(queue),
      {
        address: queue,
        title: `Queue ${queue}`,
        description: `${QUEUE_MESSAGES[queue].from} → ${QUEUE_MESSAGES[queue].to}. Inside of the installation only.`,
        servers: [ref('#/servers/queues')],
        messages: { [`job.${queue}`]: ref(`${MESSAGES}/job.${queue}`) },
      },
    ]),
  };
}

const HEARD_BY_STREAM = /^frame\.(?!auth|subscribe|unsubscribe|ping|pong)/;
const queueChannel = (queue: string): string => `queue_${queue.replaceAll('.', '_')}`;

const operation = (action: 'send' | 'receive', channel: string, summary: string): JsonObject => ({
  ...{ action, channel: ref(`#/channels/${channel}`), summary },
});
const framesOf = (says: FrameSchema['says']): JsonObject[] =>
  FRAMES.filter((frame) => frame.says === says).map(({ type }) =>
    ref(`#/channels/socket/messages/frame.${type}`),
  );

/** As the installation sees it: it sends what others subscribe to. */
const OPERATIONS: JsonObject = {
  tellBySocket: {
    ...operation('send', 'socket', 'Tells what happens, once, in the order of commits.'),
    messages: framesOf('server'),
  },
  tellEnvelopesBySocket: operation('send', 'socket', 'The same as envelopes.'),
  hearBySocket: {
    ...operation('receive', 'socket', 'What a client may say.'),
    messages: framesOf('client'),
  },
  tellByStream: operation('send', 'stream', 'Tells what happens as server-sent events.'),
  deliverWebhooks: operation('send', 'webhooks', 'Delivers to endpoints; tries again for most of a day.'),
  ...entriesOf(QUEUES, (queue) => [
    `send_${queueChannel(queue)}`,
    operation('send', queueChannel(queue), QUEUE_MESSAGES[queue].summary),
  ]),
  ...entriesOf(QUEUES, (queue) => [
    `take_${queueChannel(queue)}`,
    operation('receive', queueChannel(queue), QUEUE_MESSAGES[queue].summary),
  ]),
};
