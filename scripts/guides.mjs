// What is gathered from the pages in docs: the tables of errors, events and decisions, llms.txt (the index for programs that read) and
// llms-full.txt (all of it in one text). Prints them as JSON by name, or writes them with `--write`. Needs no build.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const INDEX = 'docs/README.md';
/** Of the index: what whoever uses Quayside seldom needs. Listed, and not in the full text. */
const OPTIONAL = 'Working on Quayside';
/** What an installation has under the same path as the repository; other links of the index lead nowhere there. */
const SERVED = /^(docs\/.+\.md|openapi\.json)$/;

const read = (name) => readFileSync(join(ROOT, name), 'utf8');
const namesIn = (folder, ending) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length))
    .sort();

const oneLine = (text) => text.trim().replaceAll(/\s+/g, ' ').replaceAll('|', '\\|');
const firstSentence = (text) =>
  /^.*?[.:](?=\s|$)/.exec(oneLine(text))?.[0].replace(/:$/, '.') ?? oneLine(text);

/** A page of docs/errors says its links from there; the table stands one folder above. */
const fromAbove = (text) => text.replaceAll('](../', '](');

const ERRORS_HEAD = `# Errors

Every refusal is \`application/problem+json\` with a \`code\` of this list, a \`detail\` that names what is at fault, a \`hint\`, and the
\`trace_id\` under which it stands in the log. Branch on \`code\`: it is stable and never used for something else. A running
installation shows the page of a code at \`/problems/<code>\`.

This page is written from \`docs/errors\` by \`npm run docs\`.

| code | status | meaning |
|---|---|---|
`;

function errorsPage() {
  const rows = namesIn('docs/errors', '.md').map((code) => {
    const page = read(`docs/errors/${code}.md`);
    const status = /^Status: (\d+)$/m.exec(page)?.[1] ?? '';
    const meaning = /^## Meaning\n+([\s\S]+?)\n\n/m.exec(page)?.[1] ?? '';
    return `| [\`${code}\`](errors/${code}.md) | ${status} | ${fromAbove(firstSentence(meaning))} |`;
  });
  return `${ERRORS_HEAD}${rows.join('\n')}\n`;
}

const EVENTS_HEAD = `# Events

What happens in an installation is recorded as an event, and told over [WebSocket and event streams](realtime.md) and to
[webhooks](notifications.md). In the envelope of CloudEvents 1.0 a \`type\` has \`.v1\` behind it. The schema of \`data\` is linked from
each name; later versions only add members. A running installation shows the same at \`/docs/events\`, and describes it to programs
(AsyncAPI 3.0) at \`/asyncapi.json\`.

This page is written from \`docs/events\` by \`npm run docs\`.

| event | when |
|---|---|
`;

function eventsPage() {
  const rows = namesIn('docs/events', '.v1.json').map((name) => {
    const { description = '' } = JSON.parse(read(`docs/events/${name}.v1.json`));
    return `| [\`${name}\`](events/${name}.v1.json) | ${oneLine(description)} |`;
  });
  return `${EVENTS_HEAD}${rows.join('\n')}\n`;
}

const DECISIONS_HEAD = `# Decisions

Why it is built so and not otherwise, one page each.

This page is written from \`docs/adr\` by \`npm run docs\`.

`;

function decisionsPage() {
  const rows = namesIn('docs/adr', '.md').map((name) => {
    const title = /^# (?:\d+\. )?(.+)$/m.exec(read(`docs/adr/${name}.md`))?.[1] ?? name;
    return `- [${Number(name.slice(0, 4))}. ${title}](adr/${name}.md)`;
  });
  return `${DECISIONS_HEAD}${rows.join('\n')}\n`;
}

/** The index in its parts: `## part`, then `- [title](page): what it says`. */
function partsOf(index) {
  return index
    .split(/^## /m)
    .slice(1)
    .map((part) => {
      const [title = '', ...lines] = part.split('\n');
      const links = lines.flatMap((line) => {
        const [, name, link, words] = /^- \[([^\]]+)\]\(([^)]+)\): (.+)$/.exec(line) ?? [];
        const page = posix.join('docs', link ?? '');
        return SERVED.test(page) ? [{ name, page, words }] : [];
      });
      return { title, links };
    })
    .filter(({ links }) => links.length > 0);
}

const LLMS_HEAD = `# Quayside

> The control plane for MCP servers and the agents that use them: it runs MCP servers as hardened containers, connects remote ones,
> puts all of them behind one gateway, and gives agents durable tasks and pipelines.

A running installation serves these pages under the same paths, its REST API as OpenAPI 3.1 at /openapi.json, and its events as
AsyncAPI 3.0 at /asyncapi.json. All of the text in one file: [llms-full.txt](llms-full.txt).
`;

function llmsIndex(parts) {
  const lists = parts.map(({ title, links }) =>
    [
      `## ${title === OPTIONAL ? 'Optional' : title}`,
      '',
      ...links.map(({ name, page, words }) => `- [${name}](${page}): ${words}`),
    ].join('\n'),
  );
  return `${[LLMS_HEAD, ...lists].join('\n\n').replaceAll(/\n{3,}/g, '\n\n')}\n`;
}

function llmsFull(parts, made) {
  const names = parts
    .filter(({ title }) => title !== OPTIONAL)
    .flatMap(({ links }) => links.map(({ page }) => page))
    .filter((page) => page.endsWith('.md'));
  const pages = [...new Set(['README.md', ...names])];
  return `${pages.map((name) => `Source: ${name}\n\n${(made[name] ?? read(name)).trim()}\n`).join('\n----\n\n')}`;
}

export function guides() {
  const made = {
    'docs/errors.md': errorsPage(),
    'docs/events.md': eventsPage(),
    'docs/decisions.md': decisionsPage(),
  };
  const parts = partsOf(read(INDEX));
  return { ...made, 'llms.txt': llmsIndex(parts), 'llms-full.txt': llmsFull(parts, made) };
}

if (process.argv.includes('--write'))
  for (const [name, text] of Object.entries(guides())) writeFileSync(join(ROOT, name), text);
else if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(JSON.stringify(guides()));
