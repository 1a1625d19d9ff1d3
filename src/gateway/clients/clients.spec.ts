import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type ClientDefinition, CLIENTS, clientById } from '.';

const FOLDER = join(__dirname, 'golden');
const TARGET = { name: 'quayside-docs-search', url: 'http://localhost:8080/servers/docs-search/mcp' };

/** All that a user sees of a client, as one text. */
const shown = (client: ClientDefinition): string => {
  const places = Object.entries({ ...client.userFile, project: client.projectFile });
  const lines = [
    `${client.title} (${client.format}, key: ${client.key})`,
    ...places.filter(([, path]) => path !== undefined).map(([where, path]) => `${where}: ${path ?? ''}`),
    ...(client.command === undefined ? [] : [`command: ${client.command(TARGET)}`]),
    ...(client.deepLink === undefined ? [] : [`link: ${client.deepLink(TARGET)}`]),
    '',
  ];
  return lines.join('\n') + client.render(TARGET);
};

/** The text, the command, and what the link says once a client has unpacked it. */
const readable = ({ render, command, deepLink }: ClientDefinition): string => {
  const link = decodeURIComponent(deepLink?.(TARGET) ?? '');
  const packed = /[?&]config=(.*)$/.exec(link)?.[1] ?? '';
  return [render(TARGET), command?.(TARGET), link, Buffer.from(packed, 'base64').toString()].join('\n');
};

describe('E22: client configurations', () => {
  it.each(CLIENTS.map((client) => [client.id, client] as const))('for %s is the golden one', (id, client) => {
    expect(shown(client)).toBe(readFileSync(join(FOLDER, `${id}.txt`), 'utf8'));
  });

  it('have no golden file too many', () => {
    expect(readdirSync(FOLDER).sort()).toEqual(CLIENTS.map(({ id }) => `${id}.txt`).sort());
  });

  it.each(CLIENTS.filter(({ format }) => format.startsWith('json')).map(({ id }) => id))(
    'for %s is JSON',
    (id) => {
      expect(JSON.stringify(JSON.parse(clientById(id)?.render(TARGET) ?? ''))).toContain(TARGET.url);
    },
  );

  it.each(CLIENTS.filter(({ format }) => format === 'yaml').map(({ id }) => id))('for %s is YAML', (id) => {
    expect(JSON.stringify(parse(clientById(id)?.render(TARGET) ?? ''))).toContain(TARGET.url);
  });

  it('have links that are addresses', () => {
    const links = CLIENTS.flatMap(({ deepLink }) => (deepLink === undefined ? [] : [deepLink(TARGET)]));
    expect(links.length).toBeGreaterThan(2);
    expect(links.filter((link) => !URL.canParse(link))).toEqual([]);
  });

  it('name the target and its address, and carry no key', () => {
    for (const client of CLIENTS) {
      const text = readable(client);
      expect([client.id, text.includes(TARGET.url)]).toEqual([client.id, true]);
      const keys = [...text.matchAll(/Bearer ([^"'\s]+)/g)].map(([, key = '']) => key);
      const literal = keys.filter((key) => !/^(<your|\$\{?QUAYSIDE_TOKEN|\$\{input:)/.test(key));
      expect([client.id, literal]).toEqual([client.id, []]);
    }
  });

  it('cover many clients, each with an id of its own', () => {
    const ids = CLIENTS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThanOrEqual(14);
  });
});
