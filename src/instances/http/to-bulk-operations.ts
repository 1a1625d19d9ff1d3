import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import { type FieldProblem } from '@app/kernel';
import { toFieldProblems, UnknownFieldError } from '@app/http';
import { type BulkOperation } from '../commands/run-bulk.command';
import { InstanceSpecInvalidError, inWordsOf } from '../domain/instance.errors';
import { type InstanceDraft } from '../domain/instance-draft';
import { CreateInstanceDto } from './create-instance.dto';
import { toInstanceDraft } from './to-instance-draft';

const VERBS = ['start', 'stop', 'restart', 'delete'] as const;
const ID_MAX_LENGTH = 63;

/** An item that cannot be read is a failed item, not a failed request. */
export function toBulkOperations(
  items: readonly Record<string, unknown>[],
): Promise<readonly BulkOperation[]> {
  return Promise.all(items.map(toBulkOperation));
}

async function toBulkOperation(item: Record<string, unknown>): Promise<BulkOperation> {
  try {
    return await readItem(item);
  } catch (error) {
    return { op: 'invalid', fault: error instanceof Error ? error : new Error(String(error)) };
  }
}

async function readItem(item: Record<string, unknown>): Promise<BulkOperation> {
  const { op, ...rest } = item;
  if (op === 'create') return { op, draft: draftOf(await readCreate(rest)) };
  const verb = VERBS.find((each) => each === op);
  if (verb === undefined) throw invalid('/op', `must be create, ${VERBS.join(', ')}`);
  refuseUnknown(rest, 'id');
  const { id } = rest;
  if (typeof id !== 'string' || id === '' || id.length > ID_MAX_LENGTH)
    throw invalid('/id', 'must be an id or a name');
  return { op: verb, idOrName: id };
}

/** The item holds the request of a single create as its member. */
const inWordsOfTheItem = (pointer: string): string => `/instance${pointer}`;

function draftOf(body: CreateInstanceDto): InstanceDraft {
  try {
    return { ...toInstanceDraft(body), pointers: inWordsOfTheItem };
  } catch (error) {
    throw inWordsOf(inWordsOfTheItem, error);
  }
}

/** The rules of a single create, for an item of many. */
async function readCreate(rest: Record<string, unknown>): Promise<CreateInstanceDto> {
  refuseUnknown(rest, 'instance');
  const { instance } = rest;
  if (typeof instance !== 'object' || instance === null || Array.isArray(instance))
    throw invalid('/instance', 'must be an object');
  const body = plainToInstance(CreateInstanceDto, instance);
  const faults = await validate(body, { whitelist: true, forbidNonWhitelisted: true });
  const problems = toFieldProblems(faults).map((problem) => ({
    ...problem,
    pointer: inWordsOfTheItem(problem.pointer),
  }));
  if (problems.length === 0) return body;
  throw problems.some(({ code }) => code === 'unknown_field')
    ? new UnknownFieldError(problems)
    : new InstanceSpecInvalidError(problems);
}

function refuseUnknown(rest: Record<string, unknown>, known: string): void {
  const unknown = Object.keys(rest).filter((key) => key !== known);
  if (unknown.length === 0) return;
  throw new UnknownFieldError(
    unknown.map((key) => problem(`/${key.slice(0, 64)}`, 'unknown_field', 'this field is not known here')),
  );
}

const problem = (pointer: string, code: string, detail: string): FieldProblem => ({ pointer, code, detail });
const invalid = (pointer: string, detail: string): Error =>
  new InstanceSpecInvalidError([problem(pointer, 'invalid', detail)]);
