import { isImageReference } from '../../catalog';
import { type Found, type FoundServer, type ImportFormat, type ReadContent } from '../domain/found-server';
import { ImportUnreadableError } from '../domain/import.errors';
import { commandRun, readEntries } from './client-config';
import { NotAPlainCommandError, wordsOf } from './command-words';
import { readCompose } from './compose';
import { isOwnExport, readOwnExport } from './own-export';
import { remoteServer } from './package-line';
import { readServerJson } from './server-json';
import { nameFromSource } from './slug';
import {
  parseJsonWithComments,
  parsePlainYaml,
  showableText,
  StructureFault,
  withoutPrototypes,
} from './structured-text';
import { parseToml, TomlFault } from './toml';

export const CONTENT_MAX_LENGTH = 262_144;
/** A plan that a person can look through. */
export const SERVERS_MAX = 50;

/** Finds out what a pasted text is, and reads the servers that it describes. Pure: nothing is fetched, run or stored. */
export function readContent(content: string): ReadContent {
  const text = showableText(content).trim();
  if (text === '') throw new ImportUnreadableError('There is no text.');
  const read = readAny(text);
  if (read.found.length === 0) throw new ImportUnreadableError('The text names no server.');
  if (read.found.length > SERVERS_MAX)
    throw new ImportUnreadableError(
      `At most ${SERVERS_MAX} servers are imported at once; the text has ${read.found.length}.`,
    );
  return read;
}

function readAny(text: string): ReadContent {
  try {
    if (isOwnExport(text)) return { format: 'own_export', found: readOwnExport(text) };
    if (/^(?:\{|\[\s*[{\]])/.test(text)) return readDocument('client_config', parseJsonWithComments(text));
    const lines = commandLines(text);
    if (lines.every(isLine)) return readLines(lines);
    if (isTomlHeader(text)) return readDocument('toml', withoutPrototypes(parseToml(text)));
    return readDocument('yaml', parsePlainYaml(text));
  } catch (error) {
    if (
      error instanceof StructureFault ||
      error instanceof TomlFault ||
      error instanceof NotAPlainCommandError
    )
      throw new ImportUnreadableError(`The text cannot be read: ${error.message}.`);
    throw error;
  }
}

/** `[mcp_servers.docs]` alone on a line, and no list of JSON. */
const isTomlHeader = (text: string): boolean => /^\[\[?[A-Za-z_"][\w."'\- ]*\]\]?\s*(?:#.*)?$/m.test(text);

function readDocument(format: ImportFormat, document: unknown): ReadContent {
  const servers = readServerJson(document);
  if (servers !== undefined) return { format: 'server_json', found: servers };
  const services = readCompose(document);
  if (services !== undefined) return { format: 'compose', found: services };
  const found = readEntries(document);
  if (found === undefined)
    throw new ImportUnreadableError(
      'The text is structured, but holds no servers in a form that is known here.',
    );
  return { format, found };
}

const commandLines = (text: string): readonly string[] =>
  text
    .replaceAll(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
    .map((line) => line.trim().replace(/^\$ /, ''))
    .filter((line) => line !== '' && !line.startsWith('#'));

const COMMAND =
  /^(?:sudo\s+)?(?:docker|podman|npx|bunx|pnpx|uvx|uv tool run|pipx run|pnpm dlx|npm exec|cmd\s+\/c)\s/;
const ADDRESS = /^(?:https?|wss?):\/\/\S+$/i;
const isLine = (line: string): boolean => COMMAND.test(line) || ADDRESS.test(line) || isImageReference(line);

function readLines(lines: readonly string[]): ReadContent {
  const found = lines.map(readLine);
  const [first = ''] = lines;
  return { format: lines.length > 1 ? 'lines' : formatOf(first), found };
}

function formatOf(line: string): ImportFormat {
  if (ADDRESS.test(line)) return 'url';
  if (isImageReference(line)) return 'image';
  if (/^(?:sudo\s+)?(?:docker|podman)\s/.test(line)) return 'docker_run';
  return /^(?:uvx|uv|pipx)\s/.test(line) ? 'uvx' : 'npx';
}

function readLine(line: string): Found {
  if (ADDRESS.test(line)) return remoteServer(line);
  return isImageReference(line) ? imageServer(line) : commandRun(wordsOf(line));
}

const imageServer = (image: string): FoundServer => ({
  ...{ name: nameFromSource(image), description: '', version: '' },
  run: { kind: 'image', image, command: [], resources: {} },
  ...{ environment: {}, declared: [], warnings: [] },
});
