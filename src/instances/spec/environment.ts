import { type EnvironmentVariable, looksLikeSecretReference } from '@app/contracts';
import { type FieldProblem, type JsonValue } from '@app/kernel';
import { fitsType } from '../../catalog';

/** What a request says about one variable, and where it says so. */
export interface GivenVariable {
  readonly value: JsonValue;
  readonly pointer: string;
}

export interface EnvironmentRules {
  readonly schema: readonly EnvironmentVariable[];
  /** Its process runs on our own host: only declared variables, and none that changes how a process is loaded. */
  readonly runsOnHost: boolean;
}

export interface JudgedEnvironment {
  /** What is stored, secrets still as they came: `moves` says which of them must go to the store. */
  readonly values: ReadonlyMap<string, string>;
  readonly moves: ReadonlySet<string>;
  readonly undeclared: readonly string[];
  readonly missing: readonly string[];
  readonly problems: readonly FieldProblem[];
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;
const VARIABLES_MAX = 256;
const VALUE_MAX_LENGTH = 32_768;
const HOST_LOADING = /^(LD_|DYLD_|NODE_|NPM_|PATH$|HOME$|SHELL$|BASH_ENV$|ENV$)/i;

/** Holds what was given against the contract of the definition: names, types, required values, defaults. Pure. */
export function judgeEnvironment(
  given: ReadonlyMap<string, GivenVariable>,
  rules: EnvironmentRules,
): JudgedEnvironment {
  const declared = new Map(rules.schema.map((variable) => [variable.name, variable]));
  const problems: FieldProblem[] = [];
  const values = new Map<string, string>();
  for (const [name, { value, pointer }] of [...given].slice(0, VARIABLES_MAX)) {
    const fault = nameFault(name, rules, declared) ?? valueFault(value, declared.get(name));
    if (fault !== undefined) problems.push({ pointer, ...fault });
    else values.set(name, textOf(value));
  }
  if (given.size > VARIABLES_MAX)
    problems.push({
      pointer: '/environment',
      code: 'too_many',
      detail: `at most ${VARIABLES_MAX} variables`,
    });
  for (const { name, default: byDefault } of rules.schema)
    if (!given.has(name) && byDefault !== undefined && byDefault !== null) values.set(name, byDefault);
  return {
    values,
    problems,
    moves: new Set(
      [...values].filter(([name, value]) => mustMove(declared.get(name), value)).map(([name]) => name),
    ),
    undeclared: [...values.keys()].filter((name) => !declared.has(name)).sort(),
    missing: rules.schema
      .filter(
        ({ name, required }) =>
          required === true && (!given.has(name) ? !values.has(name) : isEmpty(given, name)),
      )
      .map(({ name }) => name),
  };
}

type Fault = Pick<FieldProblem, 'code' | 'detail'>;

function nameFault(
  name: string,
  rules: EnvironmentRules,
  declared: ReadonlyMap<string, EnvironmentVariable>,
): Fault | undefined {
  if (!NAME.test(name))
    return { code: 'invalid_name', detail: 'a variable has letters, digits and "_", and no digit first' };
  if (rules.runsOnHost && HOST_LOADING.test(name))
    return { code: 'forbidden', detail: 'this variable changes how a process is loaded' };
  if (rules.runsOnHost && !declared.has(name))
    return { code: 'undeclared', detail: 'this server does not take such a variable' };
  return undefined;
}

function valueFault(value: JsonValue, declared: EnvironmentVariable | undefined): Fault | undefined {
  if (value === null || typeof value === 'object')
    return { code: 'invalid_type', detail: 'a value is text, a number or a boolean' };
  const text = textOf(value);
  if (text.length > VALUE_MAX_LENGTH || text.includes('\0'))
    return { code: 'invalid', detail: `a value has at most ${VALUE_MAX_LENGTH} characters, and no NUL` };
  if (declared === undefined || looksLikeSecretReference(text) || text === '') return undefined;
  return fitsType(text, declared.type)
    ? undefined
    : { code: 'invalid_type', detail: `${declared.name} must be of type ${declared.type}` };
}

const textOf = (value: JsonValue): string => (typeof value === 'string' ? value : JSON.stringify(value));

const mustMove = (declared: EnvironmentVariable | undefined, value: string): boolean =>
  declared?.secret === true && value !== '' && !looksLikeSecretReference(value);

/** An empty text is no value for a variable that must have one. */
const isEmpty = (given: ReadonlyMap<string, GivenVariable>, name: string): boolean =>
  given.get(name)?.value === '';
