import { QUEUES } from '@app/contracts';
import { type JsonObject } from '@app/kernel';
import { buildAsyncApi } from './build-asyncapi';
import { readEventSchemas } from './event-schemas';
import { eventsPage } from './events-page';

const events = readEventSchemas();
const document = buildAsyncApi({ version: '1.2.3', publicUrl: 'https://quayside.example.com', events });
const text = JSON.stringify(document);

/** Follows `#/a/b`, as a reader of the document does. */
const at = (pointer: string): unknown =>
  pointer
    .slice(2)
    .split('/')
    .reduce<unknown>((part, key) => (part as JsonObject | undefined)?.[key], document);

describe('the document of events', () => {
  it('is AsyncAPI 3.0 and says where things are told', () => {
    expect(document).toMatchObject({
      asyncapi: '3.0.0',
      servers: { socket: { host: 'quayside.example.com', protocol: 'wss' } },
      channels: { socket: { address: '/ws' }, stream: { address: '/api/v1/events' }, webhooks: {} },
    });
  });

  it('points at nothing that is not there', () => {
    const pointers = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(pointers.length).toBeGreaterThan(300);
    expect(pointers.filter((pointer) => at(pointer) === undefined)).toEqual([]);
  });

  it('has a message for every event, every queue, and every frame that is said', () => {
    const messages = Object.keys(at('#/components/messages') as object);
    expect(messages).toEqual(expect.arrayContaining(events.map(({ name }) => name)));
    expect(messages).toEqual(expect.arrayContaining(QUEUES.map((queue) => `job.${queue}`)));
    for (const type of ['task_update', 'agent_update', 'pipeline_progress', 'error', 'gap'])
      expect(messages).toContain(`frame.${type}`);
  });

  it('names attributes of envelopes as CloudEvents wants them', () => {
    expect(text).toContain('correlationid');
    expect(text).not.toContain('"correlation_id"');
  });

  it('reads as a page', () => {
    const page = eventsPage(events);
    expect(page).toContain('<h3 id="mcp.instance.running">');
    expect(page).toContain('/schemas/events/mcp.instance.running.v1.json');
    expect(page).not.toMatch(/<script|onclick/);
  });
});
