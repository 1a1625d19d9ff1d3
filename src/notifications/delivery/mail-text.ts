import { type JsonObject, type JsonValue } from '@app/kernel';

export interface MailText {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const PRODUCT = 'Quayside';
const NAME_MAX = 100;
const ERROR_MAX = 2_000;
/** Whatever ends a line ends a header too. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

/** Sentences for the events that are told; the name of what it is about comes first. */
const HEADLINES: Readonly<Record<string, (name: string) => string>> = {
  'pipeline.run.started': (name) => `Pipeline ${name} has started`,
  'pipeline.run.completed': (name) => `Pipeline ${name} is completed`,
  'pipeline.run.failed': (name) => `Pipeline ${name} has failed`,
  'pipeline.run.cancelled': (name) => `Pipeline ${name} was cancelled`,
  'pipeline.stage.waiting_approval': (name) => `Pipeline ${name} waits for an approval`,
  'pipeline.stage.failed': (name) => `A stage of pipeline ${name} has failed`,
  'task.failed': (name) => `Task ${name} has failed`,
  'agent.lost': (name) => `Agent ${name} is lost`,
  'agent.returned': (name) => `Agent ${name} is back`,
  'webhook.endpoint.disabled': (name) => `The webhook ${name} was switched off`,
};

/** Pure: a message for people, of the very event that a webhook gets. Everything in it may come from strangers. */
export function mailTextOf(event: string, body: JsonObject): MailText {
  const data = objectOf(body['data']);
  const name = oneLine(
    firstText(data, ['pipeline_name', 'name', 'task_id', 'agent_id', 'url', 'instance_id']),
  );
  const headline = HEADLINES[event]?.(name) ?? `${event}: ${name}`;
  const facts = factsOf(data);
  const links = linksOf(body);
  return {
    subject: oneLine(`[${PRODUCT}] ${headline}`),
    text: [headline, ...lines(facts), ...lines(links), `Event: ${oneLine(textOf(body['id']))}`].join('\n\n'),
    html: htmlOf(headline, facts, links),
  };
}

type Pairs = readonly (readonly [label: string, value: string])[];

function factsOf(data: JsonObject): Pairs {
  const error = objectOf(data['error']);
  const pairs: Pairs = [
    ['Run', textOf(data['run_id'])],
    ['Stage', textOf(data['stage_name'])],
    ['Status', textOf(data['status'])],
    ['Reason', textOf(data['reason'])],
    ['Error', [error['code'], error['message']].map(textOf).filter(Boolean).join(': ').slice(0, ERROR_MAX)],
  ];
  return pairs.filter(([, value]) => value !== '');
}

function linksOf(body: JsonObject): Pairs {
  const pairs: Pairs = [
    ['Look at it', textOf(body['consoleurl'])],
    ['By the API', textOf(body['apiurl'])],
    ['To approve, POST', textOf(body['approveurl'])],
    ['To reject, POST', textOf(body['rejecturl'])],
  ];
  return pairs.filter(([, value]) => value !== '');
}

const lines = (pairs: Pairs): readonly string[] =>
  pairs.length === 0 ? [] : [pairs.map(([label, value]) => `${label}: ${oneLine(value)}`).join('\n')];

function htmlOf(headline: string, facts: Pairs, links: Pairs): string {
  const row = ([label, value]: Pairs[number]): string =>
    `<li>${escaped(label)}: ${escaped(oneLine(value))}</li>`;
  const link = ([label, value]: Pairs[number]): string =>
    `<li>${escaped(label)}: <a href="${escaped(value)}">${escaped(value)}</a></li>`;
  const list = [...facts.map(row), ...links.map(link)].join('');
  return `<!doctype html><html><body><p><strong>${escaped(headline)}</strong></p><ul>${list}</ul></body></html>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? '');

const oneLine = (text: string): string => text.replaceAll(CONTROL, ' ').trim();

const firstText = (data: JsonObject, members: readonly string[]): string =>
  members
    .map((member) => textOf(data[member]))
    .find((text) => text !== '')
    ?.slice(0, NAME_MAX) ?? '';

function textOf(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : '';
}

const objectOf = (value: JsonValue | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
