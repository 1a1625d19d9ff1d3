import { looksLikeSecretReference } from '@app/contracts';
import { type JsonObject, type JsonValue } from '@app/kernel';
import { type FoundServer } from '../domain/found-server';
import { type ItemSecrets, type PlannedDefinition, type PlannedInstance } from '../domain/import-plan';
import { isSecretName, isSecretValue } from './secret-signs';

type Declared = Extract<FoundServer['run'], { kind: 'declared' }>;

export interface DeclaredItem {
  readonly definition: PlannedDefinition | null;
  readonly instance: PlannedInstance | null;
  readonly secrets: ItemSecrets;
  readonly warnings: readonly string[];
  readonly refusal?: string;
}

/** An export holds no secret; a text that was written by hand may, and its values are lifted as those of any other are. */
export function declaredDraft({ definition, instance }: Declared, warnings: readonly string[]): DeclaredItem {
  const leak = leakIn(definition);
  if (leak !== undefined) return { ...NOTHING, refusal: leak };
  if (instance === null) return { ...NOTHING, definition, warnings };
  const secretNames = secretNamesOf(definition);
  const environment = split(membersOf(instance.jsonSpec['environment']), secretNames);
  const headers = splitHeaders(instance.jsonSpec['headers']);
  // Only a definition says which variables are secrets; without one its value would be kept as it stands.
  const [open] = definition === null ? Object.keys(environment.lifted) : [];
  if (open !== undefined)
    return {
      ...NOTHING,
      refusal: `Refused: ${open.slice(0, 64)} looks like a secret, and no definition says so.`,
    };
  if (holdsSecret(rest(instance.jsonSpec)))
    return { ...NOTHING, refusal: 'Refused: its specification holds what looks like a secret.' };
  return {
    ...{ definition, warnings },
    secrets: { environment: environment.lifted, headers: headers.lifted },
    instance: {
      ...instance,
      jsonSpec: {
        ...rest(instance.jsonSpec),
        ...(headers.kept.length === 0 ? {} : { headers: headers.kept }),
      },
      environment: { ...instance.environment, ...environment.kept },
    },
  };
}

function leakIn(definition: PlannedDefinition | null): string | undefined {
  const leak = (definition?.envSchema ?? []).find(
    ({ name, default: value }) => typeof value === 'string' && isLiteralSecret(name, value),
  );
  return leak === undefined ? undefined : `Refused: the default of ${leak.name} looks like a secret.`;
}

const secretNamesOf = (definition: PlannedDefinition | null): ReadonlySet<string> =>
  new Set((definition?.envSchema ?? []).flatMap(({ name, secret }) => (secret === true ? [name] : [])));

const NOTHING: DeclaredItem = {
  ...{ definition: null, instance: null, secrets: { environment: {}, headers: {} }, warnings: [] },
};

const rest = ({ environment: _environment, headers: _headers, ...other }: JsonObject): JsonObject => other;

const isLiteralSecret = (name: string, value: string): boolean =>
  value !== '' && !looksLikeSecretReference(value) && (isSecretName(name) || isSecretValue(value));

interface Split {
  readonly kept: Readonly<Record<string, string>>;
  readonly lifted: Readonly<Record<string, string>>;
}

function split(values: JsonObject, secretNames: ReadonlySet<string>): Split {
  const entries = Object.entries(values).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as const] : [],
  );
  const isLifted = ([name, value]: readonly [string, string]): boolean =>
    isLiteralSecret(name, value) || (secretNames.has(name) && !looksLikeSecretReference(value));
  return {
    kept: Object.fromEntries(entries.filter((entry) => !isLifted(entry))),
    lifted: Object.fromEntries(entries.filter(isLifted)),
  };
}

interface SplitHeaders {
  readonly kept: readonly JsonObject[];
  readonly lifted: Readonly<Record<string, string>>;
}

function splitHeaders(given: JsonValue | undefined): SplitHeaders {
  const all = (Array.isArray(given) ? (given as readonly JsonValue[]) : []).map(membersOf);
  const isLifted = ({ key, value }: JsonObject): boolean =>
    typeof key === 'string' && typeof value === 'string' && isLiteralSecret(key, value);
  return {
    kept: all.filter((header) => !isLifted(header)),
    lifted: Object.fromEntries(all.filter(isLifted).map(({ key, value }) => [key, value])) as Record<
      string,
      string
    >,
  };
}

/** Anywhere else there is no place for one: an OAuth client's is a reference in every export. */
function holdsSecret(value: JsonValue, name = ''): boolean {
  if (typeof value === 'string') return isLiteralSecret(name, value) && !/^(?:https?|wss?):/.test(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, each]) => holdsSecret(each, key));
}

const membersOf = (value: JsonValue | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
