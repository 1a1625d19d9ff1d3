import { QUEUES } from '@app/contracts';
import { type JsonObject, type JsonValue } from '@app/kernel';
import { type EventSchema } from './event-schemas';
import { FRAMES } from './frames';
import { QUEUE_MESSAGES } from './queue-messages';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const text = (value: string): string => value.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? '');
const code = (value: string): string => `<code>${text(value)}</code>`;

const STYLE = `
  :root { color-scheme: light dark; }
  body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
  table { border-collapse: collapse; width: 100%; display: block; overflow-x: auto; }
  th, td { text-align: left; padding: .25rem .75rem .25rem 0; vertical-align: top; border-bottom: 1px solid #8884; }
  section { margin-top: 2rem; } h3 { margin-bottom: .25rem; } nav { columns: 16rem; }`;

/** `/docs/events`: the document in a form for people, without a script. */
export function eventsPage(events: readonly EventSchema[]): string {
  const groups = [...new Set(events.map(groupOf))];
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Quayside events</title><style>${STYLE}</style></head>
<body>
<h1>Events</h1>
<p>Everything that an installation tells: by WebSocket at ${code('/ws')}, as server-sent events at ${code('/api/v1/events')}, and by signed
webhooks. Each event is a CloudEvents 1.0 envelope, or one of the flat frames below. For programs:
<a href="/asyncapi.json">/asyncapi.json</a> (AsyncAPI 3.0).</p>
<nav><ul><li><a href="#frames">Frames</a></li><li><a href="#queues">Queues</a></li>${groups
    .map((group) => `<li><a href="#${group}">${group}</a></li>`)
    .join('')}</ul></nav>
<section id="frames"><h2>Frames of the WebSocket</h2>${rowsTable(
    ['frame', 'said by', 'members', 'meaning'],
    FRAMES.map(({ type, says, schema, summary }) => [code(type), says, memberNames(schema), text(summary)]),
  )}</section>
${groups.map((group) => groupSection(group, events)).join('\n')}
<section id="queues"><h2>Queues between the processes</h2><p>Inside of an installation only.</p>${rowsTable(
    ['queue', 'from', 'to', 'members', 'meaning'],
    QUEUES.map((queue) => {
      const { from, to, payload, summary } = QUEUE_MESSAGES[queue];
      return [code(queue), from, to, memberNames(payload), text(summary)];
    }),
  )}</section>
</body>
</html>
`;
}

const groupOf = ({ name }: EventSchema): string => name.split('.').slice(0, -1).join('.');

function groupSection(group: string, events: readonly EventSchema[]): string {
  const own = events.filter((event) => groupOf(event) === group);
  return `<section id="${group}"><h2>${group}</h2>${own.map(eventPart).join('')}</section>`;
}

function eventPart({ name, type, description, schema }: EventSchema): string {
  const properties = objectOf(schema['properties']);
  const required = schema['required'];
  const rows = Object.entries(properties).map(([member, value]) => {
    const part = objectOf(value);
    const isSure = Array.isArray(required) && required.includes(member);
    return [code(member), text(typeOf(part)), isSure ? 'always' : '', text(wordsOf(part['description']))];
  });
  return `<h3 id="${name}">${code(type)}</h3><p>${text(description)} <a href="/schemas/events/${type}.json">Schema</a></p>${
    rows.length === 0 ? '' : rowsTable(['member of data', 'type', '', 'meaning'], rows)
  }`;
}

const rowsTable = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  `<table><thead><tr>${head.map((cell) => `<th>${cell}</th>`).join('')}</tr></thead><tbody>${rows
    .map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`)
    .join('')}</tbody></table>`;

const memberNames = (schema: JsonObject): string =>
  Object.keys(objectOf(schema['properties'])).map(code).join(', ');

const wordsOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');

function typeOf({ type, enum: words, const: only }: JsonObject): string {
  if (only !== undefined) return JSON.stringify(only);
  if (Array.isArray(words)) return words.map((word) => JSON.stringify(word)).join(' | ');
  return Array.isArray(type) ? type.join(' | ') : wordsOf(type);
}

const objectOf = (value: JsonValue | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
