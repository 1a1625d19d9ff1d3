import { type JsonObject, type JsonValue } from '@app/kernel';
import { type Compensation, type PipelineDefinition, type Stage, type StageRunner } from '../definitions';
import {
  evaluate,
  referencesIn,
  referencesOf,
  resolve,
  type TemplateData,
  TemplateError,
} from '../templates';
import { graphOf } from './run-graph';
import { type Plan } from './run-state';
import { bytesOf, DOCUMENT_MAX_BYTES, tooLarge } from './sizes';

/** One thing to do of a run: a stage, or what undoes one. */
export interface Piece {
  readonly position: number;
  readonly runs: StageRunner;
  readonly type: string;
  readonly timeoutS: number;
  readonly when?: Stage['when'];
  readonly input?: JsonValue;
  /** Names of the stages right before it, whose outputs it gets where it says nothing of its input. */
  readonly before: readonly string[];
}

export function pieceOf(definition: PipelineDefinition, position: number, compensates: number | null): Piece {
  const stage = definition.stages[compensates ?? position];
  if (stage === undefined) throw new RangeError(`the version has no stage ${String(position)}`);
  if (compensates !== null) return compensationPiece(stage, position);
  const before = (graphOf(definition).parents[position] ?? []).map(
    (parent) => definition.stages[parent]?.name ?? '',
  );
  const { runs, type, timeoutS, when, input } = stage;
  return { position, before, runs, type, timeoutS, ...given('when', when), ...given('input', input) };
}

function compensationPiece({ name, compensation }: Stage, position: number): Piece {
  if (compensation === undefined) throw new RangeError(`stage "${name}" has no compensation`);
  const { runs, type, timeoutS, input }: Compensation = compensation;
  return { position, before: [name], runs, type, timeoutS, ...given('input', input) };
}

/** Names of the stages whose outcomes it has to know: nothing else of the run is read for it. */
export function neededBy(piece: Piece): readonly string[] {
  const templates = templatesOf(piece);
  const references = [
    ...templates.flatMap(referencesOf),
    ...(piece.when === undefined ? [] : referencesIn(piece.when)),
  ];
  const named = references.flatMap((each) => (each.root === 'stages' ? [each.stage] : []));
  return [...new Set([...named, ...(usesDefaultInput(piece) ? piece.before : [])])];
}

/** Whether it is run, and on what. Pure: the same values of the run give the same plan. */
export function planOf(piece: Piece, data: TemplateData): Plan {
  try {
    if (piece.when !== undefined && !evaluate(piece.when, data))
      return { kind: 'skip', reason: 'Its condition does not hold.' };
    const input = inputOf(piece, data);
    const bytes = bytesOf(input);
    return bytes > DOCUMENT_MAX_BYTES
      ? { kind: 'fault', error: tooLarge('input', bytes) }
      : { kind: 'run', input };
  } catch (error) {
    if (error instanceof TemplateError)
      return { kind: 'fault', error: { code: error.code, message: error.message } };
    throw error;
  }
}

function inputOf(piece: Piece, data: TemplateData): JsonValue {
  const { runs } = piece;
  switch (runs.kind) {
    case 'task':
      return ownInput(piece, data);
    case 'tool':
      return resolve(runs.arguments, data);
    case 'approval':
      return {
        message: runs.message === undefined ? null : resolve(runs.message, data),
        data: piece.input === undefined ? null : resolve(piece.input, data),
      };
    case 'pipeline':
      return {
        input: runs.input === undefined ? ownInput(piece, data) : resolve(runs.input, data),
        parameters: runs.parameters === undefined ? data.parameters : resolve(runs.parameters, data),
      };
  }
}

/** What the run was given and what the stages right before it gave, unless it says what it wants. */
function ownInput({ input, before }: Piece, data: TemplateData): JsonValue {
  if (input !== undefined) return resolve(input, data);
  const outputs: JsonObject = Object.fromEntries(
    before.map((name) => [name, data.stages[name]?.output ?? null]),
  );
  return { input: data.input, parameters: data.parameters, stages: outputs };
}

function usesDefaultInput({ runs, input }: Piece): boolean {
  if (input !== undefined) return false;
  return runs.kind === 'task' || (runs.kind === 'pipeline' && runs.input === undefined);
}

function templatesOf({ runs, input }: Piece): readonly JsonValue[] {
  const own = input === undefined || runs.kind === 'tool' ? [] : [input];
  switch (runs.kind) {
    case 'task':
      return own;
    case 'tool':
      return [runs.arguments];
    case 'approval':
      return runs.message === undefined ? own : [...own, runs.message];
    case 'pipeline':
      return [
        ...(runs.input === undefined ? own : [runs.input]),
        ...(runs.parameters === undefined ? [] : [runs.parameters]),
      ];
  }
}

const given = <Key extends string, Value>(key: Key, value: Value | undefined): Partial<Record<Key, Value>> =>
  value === undefined ? {} : ({ [key]: value } as Record<Key, Value>);
