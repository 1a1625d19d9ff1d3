import { readFileSync } from 'node:fs';
import { type Command } from 'commander';
import { type JsonValue } from '@app/kernel';
import { readManifest } from '../../exports';
import { type CommandContext } from '../command-context';
import { CliError, EXIT } from '../failures';
import { type Session } from '../session';
import { carryOut } from './apply';
import { type Change, type Item } from './change';
import { variableFor } from './own-secrets';

interface FileOptions {
  readonly file: string;
  readonly prune: boolean;
}

const EXPORT = '/api/v1/export';
const SIGNS: Readonly<Record<Change['action'], string>> = {
  create: '+',
  update: '~',
  delete: '-',
  unchanged: ' ',
};
const SHOWN_MAX = 120;

/** An installation as text: write it, compare it, make it so. */
export function addManifestCommands(program: Command, { session, act }: CommandContext): void {
  program
    .command('export')
    .description('everything that was declared, as YAML without any secret')
    .action(
      act(async () => {
        session.terminal.out((await session.api().text(EXPORT)).trimEnd());
      }),
    );
  const withFile = (name: string, words: string, work: (options: FileOptions) => Promise<void>): void => {
    program
      .command(name)
      .description(words)
      .requiredOption('-f, --file <file>', 'the text, or - for standard input')
      .option('--prune', 'delete what a list of the text does not name', false)
      .action(act(work));
  };
  withFile('plan', 'what would make the installation like the text', async (options) => {
    show(session, await planOf(session, options), false);
  });
  withFile('diff', 'what differs, member by member; ends with 1 if anything does', async (options) => {
    const changes = await planOf(session, options);
    show(session, changes, true);
    if (changes.some(({ action }) => action !== 'unchanged')) session.exitCode = EXIT.failed;
  });
  withFile('apply', 'make the installation like the text', (options) => apply(session, options));
}

interface Planned {
  readonly text: string;
  readonly changes: readonly Change[];
}

async function planned(session: Session, { file, prune }: FileOptions): Promise<Planned> {
  const text = file === '-' ? await session.terminal.input() : read(file);
  const answer = await session
    .api()
    .call<{ changes: readonly Change[] }>('POST', `${EXPORT}/plan`, { content: text, prune });
  return { text, changes: answer.changes };
}

const planOf = async (session: Session, options: FileOptions): Promise<readonly Change[]> =>
  (await planned(session, options)).changes;

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new CliError(`${file} cannot be read.`, EXIT.usage);
  }
}

async function apply(session: Session, options: FileOptions): Promise<void> {
  const { text, changes } = await planned(session, options);
  const manifest = readManifest(text);
  const missing = changes.flatMap(({ name, secrets }) =>
    secrets
      .map((secret) => variableFor(name, secret))
      .filter((variable) => (session.env[variable] ?? '') === ''),
  );
  if (missing.length > 0)
    throw new CliError(
      `Secrets are missing: ${missing.join(', ')}.`,
      EXIT.configuration,
      'give each as a variable of this name',
    );
  const api = session.api();
  const wanted = changes.filter(({ action }) => action !== 'unchanged');
  for (const change of wanted) {
    const items = (manifest as Readonly<Record<string, unknown>>)[change.kind];
    const item = Array.isArray(items)
      ? (items as Item[]).find((each) => each['name'] === change.name)
      : undefined;
    await carryOut({ api, change, item: item ?? {}, env: session.env });
    session.say(`${SIGNS[change.action]} ${change.kind}/${change.name}`);
  }
  session.show(wanted, () =>
    wanted.length === 0 ? 'Nothing to do.' : `${String(wanted.length)} changes made.`,
  );
}

function show(session: Session, changes: readonly Change[], withFields: boolean): void {
  const differing = changes.filter(({ action }) => action !== 'unchanged');
  session.show(changes, () =>
    differing.length === 0
      ? 'Nothing differs.'
      : differing.flatMap((change) => linesOf(change, withFields)).join('\n'),
  );
}

const linesOf = ({ kind, name, action, fields, secrets }: Change, withFields: boolean): readonly string[] => [
  `${SIGNS[action]} ${kind}/${name}${secrets.length === 0 ? '' : `  needs ${secrets.join(', ')}`}`,
  ...(withFields
    ? fields.map(({ pointer, before, after }) => `    ${pointer}: ${brief(before)} -> ${brief(after)}`)
    : []),
];

function brief(value: JsonValue): string {
  const text = JSON.stringify(value);
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
}
