import { type PlannedDefinition } from '../domain/import-plan';
import { isRefused } from '../domain/found-server';
import { draftOf } from '../planning/plan-item';
import { readServerJson } from './server-json';

/** What an import makes of one document; undefined: it makes no definition of it. */
export function definitionOfServerJson(document: unknown): PlannedDefinition | undefined {
  const [found] = readServerJson(document) ?? [];
  if (found === undefined || isRefused(found)) return undefined;
  return draftOf(found).definition ?? undefined;
}
