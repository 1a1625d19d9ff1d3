import { ENGINE_PATTERNS, INSTANCE_PHASES, MAINTENANCE_TASKS, QUEUES } from '@app/contracts';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { instanceReactions } from '../../src/instances';
import { PRODUCT, ROOT } from './sources';

const sources = PRODUCT.map(({ text }) => text).join('\n');
const count = (pattern: RegExp): number => [...sources.matchAll(pattern)].length;

/** The constant that a queue is known by in the code. */
function constantOf(queue: string): string {
  const name = new RegExp(`export const ([A-Z_]+) = '${queue.replace('.', '\\.')}'`).exec(sources)?.[1];
  if (name === undefined) throw new Error(`libs/contracts has no constant for ${queue}.`);
  return name;
}

describe('messages', () => {
  it.each(QUEUES)('of %s have exactly one consumer', (queue) => {
    const name = constantOf(queue);
    const own = count(new RegExp(`new QueueConsumer\\([^;]*?queue: ${name}\\b`, 'g'));
    const byTransport = count(new RegExp(`@MessagePattern\\(${name}\\)`, 'g'));
    expect(own + byTransport).toBe(1);
  });

  it.each(Object.keys(ENGINE_PATTERNS))(
    'that ask the provisioner for "%s" have one answerer and one asker',
    (name) => {
      expect(count(new RegExp(`@MessagePattern\\(ENGINE_PATTERNS\\.${name}\\)`, 'g'))).toBe(1);
      expect(count(new RegExp(`ask\\(ENGINE_PATTERNS\\.${name},`, 'g'))).toBe(1);
    },
  );

  it.each(MAINTENANCE_TASKS)('of the maintenance task "%s" are known to its consumer', (task) => {
    expect(sources).toContain(`case '${task}':`);
  });
});

describe('commands and queries', () => {
  const asked = [...sources.matchAll(/export class (\w+) extends (Command|Query)</g)].map((match) => ({
    name: match[1] ?? '',
    kind: match[2] ?? '',
  }));

  it('are found', () => {
    expect(asked.length).toBeGreaterThan(10);
  });

  it.each(asked.map(({ name, kind }) => [name, kind]))('%s has exactly one handler', (name, kind) => {
    expect(count(new RegExp(`@${kind}Handler\\(${name}\\)`, 'g'))).toBe(1);
  });

  it('have handlers that a module provides', () => {
    const handlers = [...sources.matchAll(/@(?:Command|Query)Handler\(\w+\)\s+export class (\w+)/g)];
    const modules = PRODUCT.filter(({ path }) => path.endsWith('.module.ts'))
      .map(({ text }) => text)
      .join('\n');
    const names = handlers.map((match) => match[1] ?? '');
    expect(names.length).toBe(asked.length);
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(modules))).toEqual([]);
  });
});

/** What stands between a backtick and the next, with the words that its one variable may take. */
function namesOf({ 1: before = '', 2: variable = '', 3: after = '', index }: RegExpExecArray, text: string) {
  const declarations = [...text.matchAll(new RegExp(`\\b${variable}\\??: ([^,)=;]+)`, 'g'))];
  // Several functions of a file may call theirs the same: the nearest one above that says its words is meant.
  const above = declarations.filter((each) => each.index < index).reverse();
  const known = [...above, ...declarations].map((each) => each[1]?.trim() ?? '');
  const words = known.map((type) => (type === 'InstancePhase' ? INSTANCE_PHASES : wordsOf(type, text)));
  const meant = words.find(({ length }) => length > 0);
  if (meant === undefined) throw new Error(`Which words "${variable}" stands for is not known.`);
  return meant.map((word) => `${before}${word}${after}`);
}

function wordsOf(type: string, text: string): readonly string[] {
  const union = type.includes("'") ? type : (new RegExp(`type ${type} =([^;]+);`).exec(text)?.[1] ?? '');
  return [...union.matchAll(/'([\w.]+)'/g)].map((match) => match[1] ?? '');
}

describe('events', () => {
  const documented = readdirSync(join(ROOT, 'docs', 'events')).map((file) => file.replace(/\.v1\.json$/, ''));
  /** A name that the required documents print: it travels beside the event's own. */
  const ALIASES = new Set(['mcp.server.create.requested']);
  /** Examples in documentation and keys of the protocol are no events. */
  const code = PRODUCT.filter(
    ({ path }) =>
      path.startsWith('src/') && !path.startsWith('src/console/web/') && !path.endsWith('.dto.ts'),
  );

  const built = code.flatMap(({ text }) =>
    [
      ...text.matchAll(
        /`((?:mcp|secret|identity|settings|limits|notification|webhook|task|agent|pipeline|queue)\.[\w.]*)\$\{(\w+)\}([\w.]*)`/g,
      ),
    ].flatMap((match) => namesOf(match, text)),
  );
  const spelled = code.flatMap(({ text }) =>
    [
      ...text.matchAll(
        /'((?:mcp|secret|identity|settings|limits|notification|webhook|task|agent|pipeline|queue)\.[a-z]+(?:\.[a-z]+)*)'/g,
      ),
    ].map((match) => match[1] ?? ''),
  );
  const emitted = [...new Set([...built, ...spelled])].filter((name) => !ALIASES.has(name));

  it('that code can emit are those that are documented', () => {
    expect(emitted.sort()).toEqual([...documented].sort());
  });

  it('are documented under their own name', () => {
    for (const name of documented) {
      const text = readFileSync(join(ROOT, 'docs', 'events', `${name}.v1.json`), 'utf8');
      expect(JSON.parse(text)).toMatchObject({ title: name, $id: `/schemas/events/${name}.v1.json` });
    }
  });

  it('that reactions wait for can be emitted', () => {
    const awaited = instanceReactions.flatMap(({ on }) => (on === '*' ? [] : on));
    expect(awaited.length).toBeGreaterThan(0);
    expect(awaited.filter((name) => !emitted.includes(name))).toEqual([]);
  });

  it('meet every reaction in the relay of the root', () => {
    const root = readFileSync(join(ROOT, 'src/app/root.module.ts'), 'utf8');
    const lists = [...sources.matchAll(/export const (\w+): readonly EventReaction\[\]/g)];
    expect(lists.length).toBeGreaterThan(0);
    for (const match of lists) expect(root).toMatch(new RegExp(`reactions:[^\\]]*\\b${match[1] ?? ''}\\b`));
  });
});
