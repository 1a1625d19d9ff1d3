import { type Found } from '../domain/found-server';
import { readDockerRun } from './docker-run';
import { slugOf } from './slug';
import { NotAPlainCommandError, wordsOf } from './command-words';

type Members = Readonly<Record<string, unknown>>;
const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const words = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : [value]).flatMap((each: unknown) =>
    typeof each === 'string' || typeof each === 'number' ? [String(each)] : [],
  );

/** Members that say nothing about how it runs here. */
const IGNORED = new Set([
  ...[
    'image',
    'container_name',
    'restart',
    'depends_on',
    'labels',
    'healthcheck',
    'environment',
    'ports',
    'expose',
  ],
  ...[
    'command',
    'stdin_open',
    'tty',
    'init',
    'read_only',
    'cap_drop',
    'mem_limit',
    'cpus',
    'platform',
    'pull_policy',
  ],
  ...[
    'networks',
    'logging',
    'profiles',
    'stop_grace_period',
    'hostname',
    'user',
    'network_mode',
    'privileged',
    'volumes',
  ],
]);

/** A compose file: each service as the `docker run` line that it stands for, so that the same rules refuse the same things. */
export function readCompose(document: unknown): readonly Found[] | undefined {
  const services = isMembers(document) ? document['services'] : undefined;
  if (!isMembers(services)) return undefined;
  return Object.entries(services).map(([name, service]) => readService(slugOf(name), service));
}

function readService(name: string, service: unknown): Found {
  if (!isMembers(service)) return { name, refusal: 'The service is no table.' };
  if (typeof service['image'] !== 'string')
    return { name, refusal: 'It names no image; images are not built here.' };
  const unknown = Object.keys(service).find((key) => !IGNORED.has(key));
  if (unknown !== undefined)
    return { name, refusal: `Refused: "${unknown.slice(0, 40)}" is not known here.` };
  try {
    return {
      ...readDockerRun(['run', ...optionsOf(service), service['image'], ...commandOf(service)]),
      name,
    };
  } catch (error) {
    if (error instanceof NotAPlainCommandError) return { name, refusal: `Refused: ${error.message}.` };
    throw error;
  }
}

function optionsOf(service: Members): readonly string[] {
  const { environment } = service;
  const variables = isMembers(environment)
    ? Object.entries(environment).map(([key, value]) => `${key}=${words(value)[0] ?? ''}`)
    : words(environment);
  const repeated = (option: string, value: unknown): readonly string[] =>
    (value === undefined || value === null ? [] : Array.isArray(value) && value.length === 0 ? [] : [value])
      .flatMap((each) => (words(each).length === 0 ? [''] : words(each)))
      .flatMap((each) => [option, each]);
  return [
    ...(service['privileged'] === true ? ['--privileged'] : []),
    ...(service['stdin_open'] === true ? ['-i'] : []),
    ...repeated('--volume', service['volumes']),
    ...repeated('--network', service['network_mode']),
    ...repeated('--publish', service['ports'] ?? service['expose']),
    ...repeated('--memory', service['mem_limit']),
    ...repeated('--cpus', service['cpus']),
    ...variables.flatMap((each) => ['--env', each]),
  ];
}

const commandOf = ({ command }: Members): readonly string[] =>
  typeof command === 'string' ? wordsOf(command) : words(command);
