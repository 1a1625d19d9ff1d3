import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from './sources';

const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8');
const PAGE = read('docs/metrics.md');
/** A test holds the page against a scrape: what is on it exists. `up` is the scraper's own. */
const TABLES = [...PAGE.matchAll(/^\| `([a-z_]+)` \| (\w+) \| ([^|]*)\|/gm)];
const LABELS = new Map(
  TABLES.map(([, name = '', , labels = '']) => [
    name,
    [...labels.matchAll(/`(\w+)`/g)].map((match) => match[1] ?? ''),
  ]),
);
const IN_WORDS = new Set([...PAGE.matchAll(/`(quayside_[a-z_]+)`/g)].map((match) => match[1] ?? ''));
const WORDS = /\b((?:quayside|mcp|process|nodejs)_[a-z0-9_]+)\b(?:\{([^}]*)\})?/g;
/** What prom-client gives; the page names them by their beginnings. */
const RUNTIME = new Set(['process_resident_memory_bytes', 'nodejs_eventloop_lag_p99_seconds']);

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
}

function faultsOf(expression: string): readonly string[] {
  return [...expression.matchAll(WORDS)].flatMap(([, word = '', matchers = '']) => {
    const name = word.replace(/_(?:bucket|count|sum)$/, '');
    if (RUNTIME.has(word)) return [];
    if (!LABELS.has(name) && !IN_WORDS.has(name)) return [`${name} is no metric`];
    const known = LABELS.get(name);
    return [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)]
      .map((match) => match[1] ?? '')
      .filter((label) => known !== undefined && !known.includes(label))
      .map((label) => `${name} has no label ${label}`);
  });
}

const alerts = (
  parse(read('deploy/prometheus/alerts.yaml')) as { groups: { rules: Alert[] }[] }
).groups.flatMap(({ rules }) => rules);
const boards = readdirSync(join(ROOT, 'deploy/grafana'));

describe('E12: the alerts', () => {
  it.each(alerts.map((alert) => [alert.alert, alert] as const))('%s asks for what exists', (_, alert) => {
    expect(faultsOf(alert.expr)).toEqual([]);
    expect(alert.for).toMatch(/^\d+m$/);
    expect(['warning', 'critical']).toContain(alert.labels.severity);
    expect(alert.annotations.summary).toMatch(/^[A-Z].*\.$/);
  });

  it('lead to a page that says what to do', () => {
    for (const { annotations } of alerts) expect(existsSync(join(ROOT, annotations.runbook))).toBe(true);
    for (const name of readdirSync(join(ROOT, 'docs/runbooks')))
      for (const part of ['**Seen as:**', '**What it means:**', '## What to do'])
        expect([name, read(`docs/runbooks/${name}`)]).toEqual([name, expect.stringContaining(part)]);
  });

  it('have names of their own', () => {
    expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length);
  });
});

describe('E12: the dashboards', () => {
  it.each(boards)('%s shows what exists', (name) => {
    const board = JSON.parse(read(`deploy/grafana/${name}`)) as {
      uid: string;
      panels: { id: number; title: string; targets: { expr: string }[] }[];
    };
    expect(name).toBe(`${board.uid}.json`);
    expect(new Set(board.panels.map(({ id }) => id)).size).toBe(board.panels.length);
    const faults = board.panels.flatMap(({ title, targets }) =>
      targets.flatMap(({ expr }) => faultsOf(expr).map((fault) => `${title}: ${fault}`)),
    );
    expect(faults).toEqual([]);
  });
});
