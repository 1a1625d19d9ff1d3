import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { toFieldProblems } from '@app/http';
import { DomainError, type JsonObject } from '@app/kernel';
import { type NewDefinition } from '../domain/server-definition';
import { RegisterServerDto } from './register-server.dto';
import { toDefinition } from './to-definition';

export type ReadDefinition =
  { readonly definition: Omit<NewDefinition, 'id' | 'builtIn'> } | { readonly fault: string };

/** A definition that was written in the words of the body that registers one, judged as that body is. */
export function definitionOfBody(body: JsonObject): ReadDefinition {
  const dto = plainToInstance(RegisterServerDto, body);
  const [problem] = toFieldProblems(
    validateSync(dto, { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true }),
  );
  if (problem !== undefined) return { fault: `${problem.pointer}: ${problem.detail}` };
  try {
    return { definition: toDefinition(dto) };
  } catch (error) {
    if (error instanceof DomainError) return { fault: error.message };
    throw error;
  }
}
