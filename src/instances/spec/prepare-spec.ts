import { type EnvironmentVariable, type InstanceSpec } from '@app/contracts';
import { type FieldProblem, type JsonObject, type JsonValue } from '@app/kernel';
import { type z } from 'zod';
import {
  InstanceEnvironmentMissingError,
  InstanceSpecInvalidError,
  InstanceSpecUnknownFieldError,
  inWordsOf,
} from '../domain/instance.errors';
import { type PointerWords } from '../domain/instance-draft';
import { mergePatch } from '../domain/merge-patch';
import { type InstancesOptions } from '../instances.options';
import { type GivenVariable, judgeEnvironment, type JudgedEnvironment } from './environment';
import { moveSecrets } from './secret-moves';
import { SPEC_TYPES, specSchema } from './spec.schemas';
import { pointerOf, UNKNOWN_FIELD, zodProblems } from './zod-problems';

/** What is known of the definition that an instance is made from. */
export interface SpecContract {
  readonly name: string;
  readonly envSchema: readonly EnvironmentVariable[];
}

export interface SpecDraft {
  readonly instanceId: string;
  /** What the request builds on: the definition's defaults, or the stored specification. */
  readonly base: JsonObject;
  /** `json_spec` of the request. */
  readonly wanted: JsonObject;
  /** `environment` beside `json_spec`. */
  readonly environment: Readonly<Record<string, JsonValue>>;
  readonly contract?: SpecContract;
  /** Faults of the rest of the request, told with those of the specification. */
  readonly beside?: readonly FieldProblem[];
  /** How the request itself calls a place of `json_spec` or `environment`, when it has other words for it. */
  readonly pointers?: PointerWords;
}

export interface PreparedSpec {
  readonly spec: InstanceSpec;
  readonly secrets: ReadonlyMap<string, string>;
  readonly undeclared: readonly string[];
  /** From a place of the stored specification to the place of the request that it came from. */
  readonly pointers: PointerWords;
}

/** Judges an address that is about to be saved. */
export type UrlJudge = (url: string) => FieldProblem | undefined;

/** From what was asked to what is stored. Decides only; all faults are told at once. */
export class SpecPreparer {
  private readonly schema: ReturnType<typeof specSchema>;

  constructor(private readonly options: InstancesOptions) {
    this.schema = specSchema(options);
  }

  prepare(draft: SpecDraft, judgeUrl: UrlJudge): PreparedSpec {
    try {
      return this.prepareInOwnWords(draft, judgeUrl);
    } catch (error) {
      throw draft.pointers === undefined ? error : inWordsOf(draft.pointers, error);
    }
  }

  /** A part of a specification, as a definition gives it: what it lacks, an instance brings. */
  judgePart(base: JsonObject): readonly FieldProblem[] {
    const parsed = this.schema.safeParse({ type: 'docker', ...base });
    if (parsed.success) return [];
    return zodProblems(parsed.error, '/json_spec').filter(({ code, pointer }) => !isLack(code, pointer));
  }

  private prepareInOwnWords(draft: SpecDraft, judgeUrl: UrlJudge): PreparedSpec {
    refuseOtherType(draft);
    const given = givenVariables(draft);
    const { environment: _environment, ...shape } = mergePatch(draft.base, draft.wanted);
    const parsed = this.schema.safeParse(shape);
    const judged = this.judge(given, shape, draft.contract);
    const problems = [
      ...(parsed.success ? [] : zodProblems(parsed.error, '/json_spec')),
      ...judged.problems,
      ...(parsed.success ? urlProblems(parsed.data as InstanceSpec, judgeUrl) : []),
      ...(parsed.success ? misplaced(parsed.data, given) : []),
      ...(draft.beside ?? []),
    ];
    const missing = judged.missing.map(missingProblem(draft));
    refuse(problems, missing, judged, draft.contract);
    const spec = withEnvironment(parsed.data, judged.values);
    return {
      ...moveSecrets(spec, draft.instanceId, judged.moves),
      undeclared: judged.undeclared,
      pointers: toRequest(given, draft.pointers),
    };
  }

  private judge(
    given: ReadonlyMap<string, GivenVariable>,
    shape: JsonObject,
    contract: SpecContract | undefined,
  ): JudgedEnvironment {
    const isBundled = shape['type'] === 'stdio';
    const bundled = this.options.bundled.find(({ name }) => isBundled && name === shape['command']);
    const declared = contract?.envSchema ?? [];
    // A bundled server keeps its own contract, whatever definition it is started from.
    const own = bundled?.envSchema.filter(({ name }) => declared.every((other) => other.name !== name)) ?? [];
    return judgeEnvironment(given, { schema: [...declared, ...own], runsOnHost: isBundled });
  }
}

const isLack = (code: string, pointer: string): boolean =>
  code === 'required' && pointer.lastIndexOf('/') === '/json_spec'.length;

type Parsed = z.infer<ReturnType<typeof specSchema>>;

/** A request cannot turn a template of one type into another: nothing of its defaults would mean anything. */
function refuseOtherType({ base, wanted }: SpecDraft): void {
  const [before, after] = [base['type'], wanted['type']];
  const known: readonly (JsonValue | undefined)[] = SPEC_TYPES;
  if (after === undefined && before === undefined)
    throw new InstanceSpecInvalidError([
      { pointer: '/json_spec/type', code: 'required', detail: `must be one of ${SPEC_TYPES.join(', ')}` },
    ]);
  if (after !== undefined && !known.includes(after))
    throw new InstanceSpecInvalidError([
      { pointer: '/json_spec/type', code: 'invalid', detail: `must be one of ${SPEC_TYPES.join(', ')}` },
    ]);
  if (after !== undefined && before !== undefined && after !== before)
    throw new InstanceSpecInvalidError([
      { pointer: '/json_spec/type', code: 'type_mismatch', detail: `must be ${JSON.stringify(before)} here` },
    ]);
}

/** Later ones win: the base, `json_spec.environment`, `environment`. null takes a variable away. */
function givenVariables({ base, wanted, environment }: SpecDraft): ReadonlyMap<string, GivenVariable> {
  const given = new Map<string, GivenVariable>();
  const take = (values: JsonValue | undefined, at: string): void => {
    if (values === undefined || values === null) return;
    if (typeof values !== 'object' || Array.isArray(values))
      throw new InstanceSpecInvalidError([
        { pointer: at, code: 'invalid_type', detail: 'must be an object' },
      ]);
    for (const [name, value] of Object.entries(values))
      if (value === null) given.delete(name);
      else given.set(name, { value: value, pointer: at + pointerOf(name) });
  };
  take(base['environment'], '/json_spec/environment');
  take(wanted['environment'], '/json_spec/environment');
  take(environment, '/environment');
  return given;
}

function urlProblems(spec: InstanceSpec, judge: UrlJudge): FieldProblem[] {
  if (spec.type !== 'url') return [];
  const endpoint = judge(spec.endpoint);
  const { authentication } = spec;
  const isClient = authentication?.type === 'oauth2_client_credentials';
  const tokenUrl = isClient ? authentication.token_url : undefined;
  const token = tokenUrl === undefined ? undefined : judge(tokenUrl);
  return [
    ...(endpoint === undefined ? [] : [{ ...endpoint, pointer: '/json_spec/endpoint' }]),
    ...(token === undefined ? [] : [{ ...token, pointer: '/json_spec/authentication/token_url' }]),
  ];
}

const misplaced = (spec: Parsed, given: ReadonlyMap<string, GivenVariable>): FieldProblem[] =>
  spec.type !== 'url'
    ? []
    : [...given.values()].map(({ pointer }) => ({
        pointer,
        code: 'not_applicable',
        detail: 'a remote server has no environment',
      }));

const missingProblem =
  (draft: SpecDraft) =>
  (name: string): FieldProblem => ({
    pointer:
      (Object.keys(draft.environment).length > 0 || draft.wanted['environment'] === undefined
        ? '/environment'
        : '/json_spec/environment') + pointerOf(name),
    code: 'required',
    detail: 'The template marks it required.',
  });

/** Faults of one kind get the error of that kind; a mixture is simply not valid. */
function refuse(
  problems: readonly FieldProblem[],
  missing: readonly FieldProblem[],
  judged: JudgedEnvironment,
  contract: SpecContract | undefined,
): void {
  const unknown = problems.filter(({ code }) => code === UNKNOWN_FIELD);
  if (unknown.length > 0)
    throw new InstanceSpecUnknownFieldError([
      ...unknown,
      ...problems.filter((each) => !unknown.includes(each)),
      ...missing,
    ]);
  if (problems.length > 0) throw new InstanceSpecInvalidError([...problems, ...missing]);
  if (missing.length > 0)
    throw new InstanceEnvironmentMissingError(judged.missing, contract?.name ?? '', missing);
}

/** A variable is stored in the specification, wherever in the request it was given. */
function toRequest(
  given: ReadonlyMap<string, GivenVariable>,
  words: PointerWords = (pointer) => pointer,
): PointerWords {
  const places = new Map(
    [...given].map(([name, { pointer }]) => [`/json_spec/environment${pointerOf(name)}`, pointer]),
  );
  return (pointer) => words(places.get(pointer) ?? pointer);
}

/** `refuse` has thrown for everything that did not parse. */
function withEnvironment(parsed: Parsed | undefined, values: ReadonlyMap<string, string>): InstanceSpec {
  if (parsed === undefined) throw new Error('a specification that did not parse got through');
  const spec = parsed as InstanceSpec;
  if (spec.type === 'url' || values.size === 0) return spec;
  return { ...spec, environment: Object.fromEntries(values) };
}
