import { type EnvironmentVariable } from '@app/contracts';
import { type Found, isRefused } from '../domain/found-server';
import { originOf, variableTypes } from './server-json-origin';
import { nameFromSource } from './slug';
import { readPackage, remoteServer } from './package-line';

type Members = Readonly<Record<string, unknown>>;
const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const list = (value: unknown): readonly Members[] => (Array.isArray(value) ? value.filter(isMembers) : []);

/** `server.json` of the MCP registry: one, a list of them, or an answer of a registry. */
export function readServerJson(document: unknown): readonly Found[] | undefined {
  const wrapped = isMembers(document) && Array.isArray(document['servers']) ? document['servers'] : document;
  const all = (Array.isArray(wrapped) ? wrapped : [wrapped]).map((each: unknown) =>
    isMembers(each) && isMembers(each['server']) ? each['server'] : each,
  );
  return all.length > 0 && all.every(isServerJson) ? all.map(readOne) : undefined;
}

const isServerJson = (value: unknown): value is Members =>
  isMembers(value) &&
  text(value['name']).includes('/') &&
  (Array.isArray(value['packages']) || Array.isArray(value['remotes']) || '$schema' in value);

function readOne(server: Members): Found {
  const found = runOf(server);
  const named = { ...found, name: nameFromSource(text(server['name'])) };
  if (isRefused(named)) return named;
  const types = variableTypes(server);
  const declared = list(chosenPackage(server)?.['environmentVariables']).map((each) =>
    variableOf(each, types),
  );
  const origin = originOf(server);
  return {
    ...named,
    description: text(server['description']).slice(0, 1_000),
    version: text(server['version']).slice(0, 128),
    declared: named.run.kind === 'remote' ? [] : declared,
    ...(origin === undefined ? {} : { origin }),
  };
}

/** A remote needs nothing here; of packages, an image needs least. */
function runOf(server: Members): Found {
  const [remote] = list(server['remotes']);
  if (remote !== undefined) return remoteOf(remote);
  const chosen = chosenPackage(server);
  return chosen === undefined
    ? { name: 'server', refusal: 'It names neither a package nor an address.' }
    : packageOf(chosen);
}

export function chosenPackage(server: Members): Members | undefined {
  const packages = list(server['packages']);
  return packages.find((each) => text(each['registryType']) === 'oci') ?? packages[0];
}

function remoteOf(remote: Members): Found {
  const headers = list(remote['headers']);
  const given = headers.filter((each) => text(each['value']) !== '' && !/[{}]/.test(text(each['value'])));
  const missing = headers.filter((each) => each['isRequired'] === true && !given.includes(each));
  const found = remoteServer(
    text(remote['url']),
    Object.fromEntries(given.map((each) => [text(each['name']), text(each['value'])])),
    text(remote['type']) === 'sse' ? { transport: 'sse' } : {},
  );
  if (isRefused(found) || missing.length === 0) return found;
  const names = missing.map((each) => text(each['name']).slice(0, 64)).join(', ');
  return { ...found, warnings: [`It asks for the header ${names}: give it when you install it.`] };
}

function packageOf(each: Members): Found {
  const [kind, identifier, version] = [
    text(each['registryType']),
    text(each['identifier']),
    text(each['version']),
  ];
  const args = list(each['packageArguments']).flatMap(argumentOf);
  if (kind === 'npm')
    return readPackage('npx', [version === '' ? identifier : `${identifier}@${version}`, ...args]);
  if (kind === 'pypi')
    return readPackage('uvx', [version === '' ? identifier : `${identifier}==${version}`, ...args]);
  if (kind !== 'oci')
    return { name: 'server', refusal: `Packages of the kind "${kind.slice(0, 20)}" are not run here.` };
  const transport = isMembers(each['transport']) ? text(each['transport']['type']) : '';
  const isStreams = transport === '' || transport === 'stdio';
  return {
    name: nameFromSource(identifier),
    description: '',
    version,
    run: {
      kind: 'image',
      image: imageOf(identifier, version),
      command: args,
      transport: isStreams ? 'stdio' : transport === 'sse' ? 'sse' : 'streamable-http',
      resources: {},
    },
    ...{ environment: {}, declared: [], warnings: [] },
  };
}

const imageOf = (identifier: string, version: string): string =>
  version === '' || /[@:][^/]*$/.test(identifier) ? identifier : `${identifier}:${version}`;

/** Fixed ones only: what somebody has to fill in cannot be guessed. */
function argumentOf(each: Members): readonly string[] {
  const value = text(each['value']);
  if (value === '' || /[{}]/.test(value)) return [];
  return text(each['type']) === 'named' ? [text(each['name']), value] : [value];
}

type VariableTypes = ReadonlyMap<string, EnvironmentVariable['type']>;
const FORMATS: VariableTypes = new Map([
  ['number', 'number'],
  ['boolean', 'boolean'],
]);

/** What it may be is said to whoever fills a form in. */
function wordsOf(each: Members): string {
  const description = text(each['description']).slice(0, 4_000);
  const choices = (Array.isArray(each['choices']) ? each['choices'] : []).map(text).filter(Boolean);
  return choices.length === 0 ? description : `${description} (${choices.join(', ').slice(0, 90)})`.trim();
}

/** `isRequired` ↔ `required`, `isSecret` ↔ `secret`; a default that a form may show is kept, a secret's is not. */
function variableOf(each: Members, types: VariableTypes): EnvironmentVariable {
  const words = wordsOf(each);
  const isSecret = each['isSecret'] === true;
  const byDefault = text(each['default'] ?? each['value']);
  return {
    name: text(each['name']),
    type: types.get(text(each['name'])) ?? FORMATS.get(text(each['format'])) ?? 'string',
    ...(words === '' ? {} : { description: words }),
    ...(each['isRequired'] === true ? { required: true } : {}),
    ...(isSecret ? { secret: true } : {}),
    ...(byDefault === '' || isSecret ? {} : { default: byDefault }),
  };
}
