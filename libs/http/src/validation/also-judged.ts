import { type FieldProblem } from '@app/kernel';
import { type ValidationError } from 'class-validator';

const KEY = 'quayside:also-judged';
type Judge<T> = (body: T) => readonly FieldProblem[];

/**
 * On a DTO with a part that is judged later, by rules of its own: when the DTO is refused anyway, the faults of that
 * part are told with it. Nobody should have to send a request twice to hear of all that is wrong with it.
 */
export const AlsoJudged =
  <T extends object>(judge: Judge<T>) =>
  (dto: new () => T): void => {
    Reflect.defineMetadata(KEY, judge, dto);
  };

export function furtherFaults(faults: readonly ValidationError[]): readonly FieldProblem[] {
  const body = faults[0]?.target;
  if (body === undefined) return [];
  const judge = Reflect.getMetadata(KEY, body.constructor) as Judge<object> | undefined;
  return judge?.(body) ?? [];
}
