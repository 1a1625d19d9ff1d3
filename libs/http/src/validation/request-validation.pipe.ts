import {
  type ArgumentMetadata,
  type Paramtype,
  type PipeTransform,
  ValidationPipe,
  type ValidationPipeOptions,
} from '@nestjs/common';
import {
  InvalidQueryError,
  MalformedBodyError,
  UnknownFieldError,
  ValidationFailedError,
} from '../problems/request-errors';
import { furtherFaults } from './also-judged';
import { evident } from './evidently';
import { toFieldProblems, UNKNOWN_FIELD } from './field-problems';
import { rememberRules } from './remembered-rules';

const OPTIONS = {
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  transform: true,
  // The class of an object knows the field that was meant; the object itself is never sent.
  validationError: { target: true },
} as const satisfies ValidationPipeOptions;

/** Checks bodies, queries and path parameters; each kind has its own words and its own place in a pointer. */
export class RequestValidationPipe implements PipeTransform {
  private readonly body = new ValidationPipe({
    ...OPTIONS,
    exceptionFactory: (faults) => {
      const problems = [...toFieldProblems(faults), ...furtherFaults(faults)];
      const hasUnknown = problems.some(({ code }) => code === UNKNOWN_FIELD);
      return hasUnknown ? new UnknownFieldError(problems) : new ValidationFailedError(problems);
    },
  });
  private readonly query = new ValidationPipe({
    ...OPTIONS,
    exceptionFactory: (faults) => new InvalidQueryError(toFieldProblems(faults, '/query')),
  });
  private readonly param = new ValidationPipe({
    ...OPTIONS,
    exceptionFactory: (faults) => new ValidationFailedError(toFieldProblems(faults, '/path')),
  });

  constructor() {
    rememberRules();
  }

  async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const pipe = this.pipeFor(metadata.type);
    if (pipe === undefined || !isDto(metadata)) return value;
    if (metadata.type !== 'body') return pipe.transform(value, metadata);
    const known = evident(metadata.metatype, value);
    if (known !== undefined) return known;
    if (!isJsonObject(value)) throw new MalformedBodyError('The body must be a JSON object.');
    return pipe.transform(value ?? {}, metadata);
  }

  private pipeFor(type: Paramtype): ValidationPipe | undefined {
    switch (type) {
      case 'body':
        return this.body;
      case 'query':
        return this.query;
      case 'param':
        return this.param;
      default:
        return undefined;
    }
  }
}

const PLAIN: ReadonlySet<unknown> = new Set([String, Boolean, Number, Array, Object, undefined]);
const isDto = ({ metatype }: ArgumentMetadata): boolean => !PLAIN.has(metatype);

/** No body at all counts as an empty one: the answer then lists what is required. */
const isJsonObject = (value: unknown): boolean =>
  value === undefined || (typeof value === 'object' && value !== null && !Array.isArray(value));
