import { type EnvironmentVariable, looksLikeSecretReference, SECRET_NAME_PATTERN } from '@app/contracts';
import { type JsonObject } from '@app/kernel';
import { type FoundServer } from '../domain/found-server';
import { type ItemSecrets, type PlannedDefinition, type PlannedInstance } from '../domain/import-plan';
import { declaredDraft } from './declared-item';
import { isPlaceholder, isSecretName, isSecretValue } from './secret-signs';

/** A found server in the words of this house, its secrets apart. What stands in the catalogue is not looked at yet. */
export interface DraftItem {
  readonly definition: PlannedDefinition | null;
  readonly instance: PlannedInstance | null;
  readonly secrets: ItemSecrets;
  readonly warnings: readonly string[];
  readonly refusal?: string;
}

const VARIABLES_MAX = 100;
const NONE: ItemSecrets = { environment: {}, headers: {} };

export function draftOf(found: FoundServer): DraftItem {
  const { run } = found;
  switch (run.kind) {
    case 'remote':
      return remoteDraft(found, run);
    case 'bundled':
      return {
        definition: null,
        instance: { name: found.name, template: run.program, jsonSpec: {}, environment: {} },
        secrets: NONE,
        warnings: found.warnings,
      };
    case 'image':
      return imageDraft(found, run);
    case 'declared':
      return declaredDraft(run, found.warnings);
  }
}

type Run<K> = Extract<FoundServer['run'], { kind: K }>;
const refusedDraft = (refusal: string): DraftItem => ({
  ...{ definition: null, instance: null, secrets: NONE, warnings: [] },
  refusal,
});

/** Headers are the instance's: what one caller authenticates with is no default for others. */
function remoteDraft(found: FoundServer, { url, headers, transport }: Run<'remote'>): DraftItem {
  if (hasSecretInAddress(url))
    return refusedDraft(
      'Refused: the address carries a credential, and addresses are shown; send it as a header.',
    );
  const defaults: JsonObject = {
    type: 'url',
    endpoint: url,
    ...(transport === undefined ? {} : { transport }),
  };
  const given = Object.entries(headers).filter(([, value]) => !isPlaceholder(value));
  const missing = Object.keys(headers).filter((key) => isPlaceholder(headers[key] ?? ''));
  return {
    definition: definitionOf(found, 'remote', { defaults, envSchema: [] }),
    instance: missing.length > 0 ? null : { name: found.name, jsonSpec: {}, environment: {} },
    secrets: { environment: {}, headers: Object.fromEntries(given) },
    warnings: [
      ...found.warnings,
      ...missing.map((key) => `The header ${key.slice(0, 64)} has no value: give it when you install it.`),
    ],
  };
}

function hasSecretInAddress(url: string): boolean {
  const { searchParams, username, password } = new URL(url);
  if (username !== '' || password !== '') return true;
  return [...searchParams].some(
    ([key, value]) => (isSecretName(key) && value !== '') || isSecretValue(value),
  );
}

function imageDraft(found: FoundServer, run: Run<'image'>): DraftItem {
  const leak = run.command.find(
    (word) => isSecretValue(word.replace(/^--?[\w-]+=/, '')) || isSecretOption(word),
  );
  if (leak !== undefined)
    return refusedDraft(
      'Refused: an argument looks like a secret, and arguments are shown; give it as a variable.',
    );
  const variables = variablesOf(found);
  if (variables.length > VARIABLES_MAX)
    return refusedDraft(`Refused: it has more than ${VARIABLES_MAX} variables.`);
  const odd = variables.find(
    ({ schema }) => schema.secret === true && !SECRET_NAME_PATTERN.test(schema.name),
  );
  if (odd !== undefined)
    return refusedDraft(
      `Refused: ${odd.schema.name.slice(0, 64)} holds a secret, and names of secrets are upper-case.`,
    );
  const missing = variables.filter(({ schema, value }) => schema.required === true && value === undefined);
  const draft = run.draftBecause;
  return {
    definition: definitionOf(found, 'container', {
      dockerImageUrl: run.image,
      status: draft === undefined ? 'published' : 'draft',
      envSchema: variables.map(({ schema }) => schema),
      defaults: imageDefaults(run),
    }),
    instance:
      draft !== undefined || missing.length > 0 ? null : { name: found.name, jsonSpec: {}, environment: {} },
    secrets: { headers: {}, environment: secretValues(variables) },
    warnings: [
      ...found.warnings,
      ...(draft === undefined ? [] : [draft]),
      ...missing.map(({ schema }) => `${schema.name} has no value: give it when you install it.`),
    ],
  };
}

/** `--api-key=…` with something behind it. */
const isSecretOption = (word: string): boolean => {
  const [, name, value] = /^--?([\w-]+)=(.+)$/s.exec(word) ?? [];
  return name !== undefined && value !== undefined && isSecretName(name) && !isPlaceholder(value);
};

const imageDefaults = ({ command, transport, port, resources }: Run<'image'>): JsonObject => ({
  ...(command.length === 0 ? {} : { command: [...command] }),
  ...(transport === undefined ? {} : { transport }),
  ...(port === undefined ? {} : { port }),
  ...(Object.keys(resources).length === 0 ? {} : { resources: { ...resources } }),
});

interface Variable {
  readonly schema: EnvironmentVariable;
  /** undefined: somebody has to give it. */
  readonly value?: string;
}

function variablesOf({ declared, environment }: FoundServer): readonly Variable[] {
  const known = new Map(declared.map((variable) => [variable.name, variable]));
  const names = [...new Set([...known.keys(), ...Object.keys(environment)])];
  return names.map((name) => variableOf(name, known.get(name), environment[name]));
}

/** What is no secret becomes the default, so that every instance starts alike; a secret is the instance's own. */
function variableOf(
  name: string,
  declared: EnvironmentVariable | undefined,
  given: string | undefined,
): Variable {
  const value = written(given);
  const { secret, default: own, ...rest } = declared ?? { name, type: 'string' as const };
  // A place where somebody has to write something was left for a reason.
  const isLeftOpen = declared === undefined && value === undefined;
  const schema = { ...rest, ...(isLeftOpen ? { required: true } : {}) };
  if (secret === true || looksSecret(name, value)) return withValue({ ...schema, secret: true }, value);
  const byDefault = value ?? own ?? undefined;
  return withValue(byDefault === undefined ? schema : { ...schema, default: byDefault }, byDefault);
}

const written = (given: string | undefined): string | undefined =>
  given === undefined || isPlaceholder(given) ? undefined : given;
const looksSecret = (name: string, value: string | undefined): boolean =>
  isSecretName(name) || (value !== undefined && isSecretValue(value));
const withValue = (schema: EnvironmentVariable, value: string | undefined): Variable =>
  value === undefined ? { schema } : { schema, value };

const secretValues = (variables: readonly Variable[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    variables.flatMap(({ schema, value }) =>
      schema.secret === true && value !== undefined ? [[schema.name, value]] : [],
    ),
  );

/** Names that an item lifts; a reference to a secret that is stored already is none. */
export const liftedNames = ({ environment, headers }: ItemSecrets): readonly string[] =>
  [...Object.entries(environment), ...Object.entries(headers)]
    .filter(([, value]) => !looksLikeSecretReference(value))
    .map(([name]) => name);

const definitionOf = (
  { name, description, version, origin }: FoundServer,
  tag: string,
  more: Pick<PlannedDefinition, 'envSchema' | 'defaults'> & Partial<PlannedDefinition>,
): PlannedDefinition => ({
  ...{ name, description, version, dockerImageUrl: '', status: 'published' },
  origin: origin ?? null,
  tags: ['imported', tag],
  ...more,
});
