import { type FieldProblem, isName } from '@app/kernel';
import { Ancestors } from './graph';
import { judgeGraph } from './graph-problems';
import { DEFINITION_MAX_BYTES, DESCRIPTION_MAX, STAGES_MAX } from './limits';
import { type PipelineBody, type StageBody } from './pipeline-body';
import { problem, PROBLEMS_MAX, unless } from './problems';
import { referenceProblems } from './reference-problems';
import { stageProblems } from './stage-problems';
import { oneAfterTheOther } from './to-definition';

/** Every fault of a definition that can be seen without looking anywhere else; the first ones, when there are many. */
export function validateDefinition(body: PipelineBody): readonly FieldProblem[] {
  const tooLarge = sizeProblems(body);
  if (tooLarge.length > 0) return tooLarge;
  const { name, description = '', stages } = body;
  return [
    ...unless(isName(name), '/name', 'must be 1-63 lower-case letters, digits, dashes or single underscores'),
    ...unless(
      description.length <= DESCRIPTION_MAX,
      '/description',
      `may be ${String(DESCRIPTION_MAX)} characters at most`,
    ),
    ...stages.flatMap((stage, at) => stageProblems(stage, `/stages/${String(at)}`)),
    ...problemsBetween(body),
  ].slice(0, PROBLEMS_MAX);
}

/** Looked at first, so that the rest has bounds. */
function sizeProblems(body: PipelineBody): readonly FieldProblem[] {
  const { stages } = body;
  if (stages.length === 0) return [problem('/stages', 'has no stage', 'required')];
  if (stages.length > STAGES_MAX)
    return [problem('/stages', `may hold ${String(STAGES_MAX)} stages at most`, 'too_many')];
  const bytes = Buffer.byteLength(JSON.stringify(body));
  return unless(bytes <= DEFINITION_MAX_BYTES, '', `may be ${String(DEFINITION_MAX_BYTES)} bytes at most`);
}

function problemsBetween({ stages, dependencies }: PipelineBody): readonly FieldProblem[] {
  const edges = dependencies ?? oneAfterTheOther(stages.length);
  const names = stages.map(({ name }) => name);
  const { problems, graph } = judgeGraph(names, edges);
  const surroundings = {
    stages,
    placeOf: new Map(names.map((name, at) => [name, at])),
    ...(graph === undefined ? {} : { ancestors: new Ancestors(stages.length, graph.order, edges) }),
  };
  return [
    ...duplicateNames(stages),
    ...problems,
    ...stages.flatMap((stage, at) => referenceProblems(stage, at, surroundings)),
  ];
}

function duplicateNames(stages: readonly StageBody[]): readonly FieldProblem[] {
  const first = new Map<string, number>();
  return stages.flatMap(({ name }, at) => {
    const before = first.get(name);
    if (before === undefined) {
      first.set(name, at);
      return [];
    }
    const detail = `is the name of stage ${String(before)} too`;
    return [problem(`/stages/${String(at)}/name`, detail, 'duplicate')];
  });
}
