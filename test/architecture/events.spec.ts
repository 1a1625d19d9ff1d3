import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { INSTANCE_PHASES } from '@app/contracts';
import { faultsOfCloudEvent } from '../cloud-events';
import { EventJudge } from '../event-faults';
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

// Whoever drops a database of a test has its events judged first: test/recorded-events.ts, in the projects below.
describe('E13: what judges every event that a test lets happen', () => {
  const judge = new EventJudge();
  const deleted = {
    ...{ id: 'a', sequence: 7, name: 'identity.user.deleted', aliases: [], workspaceId: 'w' },
    ...{ aggregateType: 'users', aggregateId: 'u', actor: 'system:test', correlationId: 'c' },
    ...{ causationId: null, traceparent: null, occurredAt: new Date(0) },
  };

  it.each(['integration', 'e2e', 'faults', 'long'])('has its place in the project %s', (project) => {
    const { projects } = jest.requireActual<{
      projects: readonly { displayName: string; setupFilesAfterEnv?: readonly string[] }[];
    }>('../../jest.config.cjs');
    const found = projects.find(({ displayName }) => displayName === project);
    expect(found?.setupFilesAfterEnv).toEqual(['<rootDir>/test/recorded-events.ts']);
  });

  it('finds nothing in an event as it should be', () => {
    expect(judge.faultsOf({ ...deleted, data: { username: 'ada' } })).toEqual([]);
  });

  it('finds data that is not as the schema in /asyncapi.json', () => {
    const faults = judge.faultsOf({ ...deleted, data: { username: 7 } });
    expect(faults.join()).toContain('/data/username');
  });

  it('finds an attribute that CloudEvents would not take', () => {
    const event = { specversion: '1.0', id: 'a', source: '/quayside/x', type: 'task.started.v1', data: {} };
    expect(faultsOfCloudEvent(event)).toEqual([]);
    const odd = { ...event, id: '', correlation_id: 'c', dataschema: '/schemas/x.json', sequence: 2 ** 40 };
    expect(faultsOfCloudEvent({ ...odd, time: 'yesterday' })).toEqual([
      'id cannot be ""',
      'correlation_id cannot be the name of an attribute',
      'dataschema cannot be "/schemas/x.json"',
      `sequence cannot be ${String(2 ** 40)}`,
      'time cannot be "yesterday"',
    ]);
  });
});
