import { type FieldProblem, type JsonValue } from '@app/kernel';
import {
  parseExpression,
  partsOf,
  type Reference,
  referencesIn,
  TemplateSyntaxError,
  textsOf,
} from '../templates';
import { type Ancestors } from './graph';
import { REFERENCES_MAX } from './limits';
import { type StageBody } from './pipeline-body';
import { problem } from './problems';

interface PlacedReference {
  readonly pointer: string;
  readonly reference: Reference;
}

interface Read {
  readonly problems: readonly FieldProblem[];
  readonly references: readonly PlacedReference[];
}

export interface Surroundings {
  readonly stages: readonly StageBody[];
  readonly placeOf: ReadonlyMap<string, number>;
  /** Absent while the graph itself is wrong: nothing can be said about before and after then. */
  readonly ancestors?: Ancestors;
}

/** What the templates and the condition of a stage ask for: it must have ended whenever this stage begins. */
export function referenceProblems(
  stage: StageBody,
  at: number,
  surroundings: Surroundings,
): readonly FieldProblem[] {
  const pointer = `/stages/${String(at)}`;
  const own = readAll(templatesOf(stage), pointer);
  const undoing = readAll(undoingTemplatesOf(stage), pointer);
  const asked = [...own.references, ...conditionReferences(stage, pointer)];
  if (asked.length + undoing.references.length > REFERENCES_MAX)
    return [problem(pointer, `has more than ${String(REFERENCES_MAX)} references`, 'too_many')];
  return [
    ...own.problems,
    ...undoing.problems,
    ...asked.flatMap((one) => orderProblems(one, at, surroundings)),
    // What undoes a stage runs after it, so it may ask for what the stage gave.
    ...undoing.references.flatMap((one) =>
      isOfStage(one.reference, stage.name) ? [] : orderProblems(one, at, surroundings),
    ),
  ];
}

const templatesOf = ({ input, tool, approval, pipeline }: StageBody): Templates => ({
  '/input': input,
  '/tool/arguments': tool?.arguments,
  '/approval/message': approval?.message,
  '/pipeline/input': pipeline?.input,
  '/pipeline/parameters': pipeline?.parameters,
});

const undoingTemplatesOf = ({ compensation }: StageBody): Templates => ({
  '/compensation/input': compensation?.input,
  '/compensation/tool/arguments': compensation?.tool?.arguments,
});

type Templates = Readonly<Record<string, JsonValue | undefined>>;

function readAll(templates: Templates, pointer: string): Read {
  const all = Object.entries(templates).flatMap(([below, template]) =>
    template === undefined ? [] : textsOf(template, `${pointer}${below}`).map(readText),
  );
  return {
    problems: all.flatMap(({ problems }) => problems),
    references: all.flatMap(({ references }) => references),
  };
}

function readText({ pointer, text }: { readonly pointer: string; readonly text: string }): Read {
  try {
    const references = partsOf(text).flatMap((part) =>
      typeof part === 'string' ? [] : [{ pointer, reference: part }],
    );
    return { problems: [], references };
  } catch (error) {
    if (!(error instanceof TemplateSyntaxError)) throw error;
    return { problems: [problem(pointer, error.message, 'template_invalid')], references: [] };
  }
}

/** A condition that cannot be read is named elsewhere. */
function conditionReferences({ when }: StageBody, pointer: string): readonly PlacedReference[] {
  if (when === undefined) return [];
  try {
    return referencesIn(parseExpression(when)).map((reference) => ({
      pointer: `${pointer}/when`,
      reference,
    }));
  } catch (error) {
    if (error instanceof TemplateSyntaxError) return [];
    throw error;
  }
}

const isOfStage = (reference: Reference, name: string): boolean =>
  reference.root === 'stages' && reference.stage === name;

function orderProblems(
  { pointer, reference }: PlacedReference,
  at: number,
  { stages, placeOf, ancestors }: Surroundings,
): readonly FieldProblem[] {
  if (reference.root !== 'stages') return [];
  const place = placeOf.get(reference.stage);
  if (place === undefined)
    return [problem(pointer, `${reference.text} names a stage that is not there`, 'unknown_stage')];
  if (place === at)
    return [problem(pointer, `${reference.text} asks for what this stage gives`, 'not_upstream')];
  if (ancestors === undefined || ancestors.has(at, place)) return [];
  const name = stages[at]?.name ?? String(at);
  const detail = `${reference.text} may not be there yet: "${name}" does not come after "${reference.stage}"`;
  return [problem(pointer, detail, 'not_upstream')];
}
