import { type JsonValue } from '@app/kernel';
import { OWN_SECRET } from '../../exports';
import { CliError, EXIT } from '../failures';

/** `QUAYSIDE_SECRET_DOCS_SEARCH_API_KEY`: a name that no other program uses, so that nothing is sent that was not meant. */
export const variableFor = (instance: string, secret: string): string =>
  `QUAYSIDE_SECRET_${instance.replaceAll('-', '_').toUpperCase()}_${secret}`;

/** An instance that is new gets its own secrets from variables; the text has their names only. */
export function valuesInPlaceOf(value: JsonValue, instance: string, env: NodeJS.ProcessEnv): JsonValue {
  if (typeof value === 'string') {
    if (!value.startsWith(OWN_SECRET)) return value;
    const variable = variableFor(instance, value.slice(OWN_SECRET.length));
    const found = env[variable];
    if (found !== undefined && found !== '') return found;
    throw new CliError(`${instance} needs ${variable}.`, EXIT.configuration, `export ${variable}=…`);
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return (value as JsonValue[]).map((each) => valuesInPlaceOf(each, instance, env));
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, valuesInPlaceOf(each, instance, env)]),
  );
}
