import { type JsonObject } from '@app/kernel';
import { isObject } from '@app/mcp';

/** What a client must have declared to be asked this, as a `ClientCapabilities` object; undefined when it declared it. */
export function missingFor(
  capabilities: JsonObject,
  method: string,
  params: JsonObject,
): JsonObject | undefined {
  switch (method) {
    case 'ping':
      return undefined;
    case 'sampling/createMessage':
      return isObject(capabilities.sampling) ? undefined : { sampling: {} };
    case 'roots/list':
      return isObject(capabilities.roots) ? undefined : { roots: {} };
    case 'elicitation/create':
      return missingForElicitation(capabilities.elicitation, params.mode === 'url' ? 'url' : 'form');
    default:
      // A word that we do not know is none that the client can have agreed to.
      return { experimental: { [method]: {} } };
  }
}

function missingForElicitation(declared: unknown, mode: 'url' | 'form'): JsonObject | undefined {
  const missing = { elicitation: { [mode]: {} } };
  if (!isObject(declared)) return missing;
  if (isObject(declared[mode])) return undefined;
  // A bare `elicitation: {}` is how forms were declared before there were modes.
  return mode === 'form' && declared.url === undefined ? undefined : missing;
}

/** Which capabilities a session id remembers, one bit each; what is not here is nothing that we would act on. */
const BITS: readonly (readonly [string, string | undefined])[] = [
  ['sampling', undefined],
  ['sampling', 'tools'],
  ['sampling', 'context'],
  ['elicitation', undefined],
  ['elicitation', 'form'],
  ['elicitation', 'url'],
  ['roots', undefined],
];

export function packCapabilities(capabilities: JsonObject): number {
  return BITS.reduce((bits, [name, part], index) => {
    const whole = capabilities[name];
    const has = isObject(whole) && (part === undefined || isObject(whole[part]));
    return has ? bits | (1 << index) : bits;
  }, 0);
}

export function unpackCapabilities(bits: number): JsonObject {
  const capabilities: Record<string, Record<string, JsonObject>> = {};
  BITS.forEach(([name, part], index) => {
    if ((bits & (1 << index)) === 0) return;
    const whole = (capabilities[name] ??= {});
    if (part !== undefined) whole[part] = {};
  });
  return capabilities;
}
