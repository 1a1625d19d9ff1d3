import { type EnvironmentVariable, SECRET_NAME_PATTERN } from '@app/contracts';
import { type FieldProblem, isName } from '@app/kernel';
import { DefinitionInvalidError } from './definition.errors';
import { isImageReference } from './image-reference';
import { fitsType } from './variable-type';

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

interface Judged {
  readonly name: string;
  readonly dockerImageUrl: string;
  readonly envSchema: readonly EnvironmentVariable[];
}

/** Rules that need more than one field; shapes and sizes are judged where the request is read. `known`: faults found by others. */
export function assertDefinition(wanted: Judged, known: readonly FieldProblem[] = []): void {
  const problems: FieldProblem[] = [...known];
  if (!isName(wanted.name))
    problems.push({ pointer: '/name', code: 'reserved', detail: 'this name cannot be used for a server' });
  if (wanted.dockerImageUrl !== '' && !isImageReference(wanted.dockerImageUrl))
    problems.push({
      pointer: '/docker_image_url',
      code: 'invalid',
      detail: 'must be an image reference like "mcp/filesystem:latest", or empty',
    });
  const seen = new Set<string>();
  wanted.envSchema.forEach((variable, at) => {
    const fault = variableFault(variable, seen);
    if (fault !== undefined)
      problems.push({ pointer: `/env_schema/${at}/${fault[0]}`, code: 'invalid', detail: fault[1] });
    seen.add(variable.name);
  });
  if (problems.length > 0) throw new DefinitionInvalidError(problems);
}

function variableFault(
  variable: EnvironmentVariable,
  seen: ReadonlySet<string>,
): [field: string, detail: string] | undefined {
  const { name, type, secret = false, default: byDefault } = variable;
  if (!VARIABLE.test(name)) return ['name', 'a variable has letters, digits and "_", and no digit first'];
  if (seen.has(name)) return ['name', 'this variable is declared twice'];
  // Its value gets this name in the secret store.
  if (secret && !SECRET_NAME_PATTERN.test(name))
    return ['name', 'a secret variable has upper-case letters, digits and "_"'];
  if (byDefault === undefined || byDefault === null) return undefined;
  if (secret) return ['default', 'a secret variable cannot have a default: everybody could read it here'];
  return fitsType(byDefault, type) ? undefined : ['default', `must be of type ${type}`];
}
