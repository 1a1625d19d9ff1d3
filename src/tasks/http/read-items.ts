import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import { toFieldProblems, UnknownFieldError, ValidationFailedError } from '@app/http';

/** An item of a batch by the rules of its DTO; what is wrong with it, in the words that it would get alone. */
export async function readItem<Dto extends object>(
  dto: new () => Dto,
  item: Readonly<Record<string, unknown>>,
): Promise<Dto | Error> {
  const body = plainToInstance(dto, item);
  const faults = await validate(body, {
    ...{ whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true },
    validationError: { target: true },
  });
  const problems = toFieldProblems(faults);
  if (problems.length === 0) return body;
  return problems.some(({ code }) => code === 'unknown_field')
    ? new UnknownFieldError(problems)
    : new ValidationFailedError(problems);
}
