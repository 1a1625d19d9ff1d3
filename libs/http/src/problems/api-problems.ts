import { ApiExtension } from '@nestjs/swagger';

export const PROBLEMS_EXTENSION = 'x-problems';

/** The codes a handler may answer with, besides those that every route has; their status stands in their page. */
export const ApiProblems = (...codes: readonly string[]): MethodDecorator & ClassDecorator =>
  ApiExtension(PROBLEMS_EXTENSION, codes);
