import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { INSTANCE_PHASES } from '@app/contracts';
import { PRODUCT, ROOT } from './sources';

const folder = join(ROOT, 'docs', 'events');
const documented = readdirSync(folder).map((file) => file.replace(/\.v1\.json$/, ''));
/** A phase that no report ever brings: the state before the first one. */
const NEVER_REPORTED = new Set(['requested', 'deleting']);

describe('the event schemas', () => {
  it.each(documented)('%s is a valid JSON Schema with a description', (name) => {
    const schema = JSON.parse(readFileSync(join(folder, `${name}.v1.json`), 'utf8')) as object;
    const ajv = new Ajv({ strict: false });
    addFormats(ajv);
    expect(() => ajv.compile(schema)).not.toThrow();
    expect(schema).toHaveProperty('description');
  });

  it('cover every phase of an instance', () => {
    const wanted = INSTANCE_PHASES.filter((phase) => !NEVER_REPORTED.has(phase)).map(
      (phase) => `mcp.instance.${phase}`,
    );
    expect(wanted.filter((name) => !documented.includes(name))).toEqual([]);
  });

  it('cover every event name that the code spells out', () => {
    const spelled = PRODUCT.flatMap(({ text }) => [
      ...text.matchAll(
        /'((?:mcp|secret|identity|settings|limits)\.[a-z]+(?:\.[a-z]+)*\.?[a-z]+(?:ed|ing))'/g,
      ),
    ]);
    const names = [...new Set(spelled.map((match) => match[1] ?? ''))].filter(
      (name) => name !== 'mcp.server.create.requested',
    );
    // Names put together from a phase or a command are held against the pages in messages.spec.ts.
    expect(names.length).toBeGreaterThanOrEqual(5);
    expect(names.filter((name) => !documented.includes(name))).toEqual([]);
  });
});
