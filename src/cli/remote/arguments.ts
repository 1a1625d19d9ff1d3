import { CliError, EXIT } from '../failures';

interface Schema {
  readonly properties?: Readonly<Record<string, { readonly type?: string | readonly string[] }>>;
}

/** `k=v` in the types that the tool asks for; what it does not name is JSON where it reads as JSON, else text. */
export function argumentsOf(pairs: readonly string[], schema: Schema = {}): Record<string, unknown> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name, text] = split(pair);
      const { type } = schema.properties?.[name] ?? {};
      return [name, valueOf(name, text, typeof type === 'string' ? [type] : (type ?? []))];
    }),
  );
}

export function split(pair: string): readonly [name: string, text: string] {
  const at = pair.indexOf('=');
  if (at > 0) return [pair.slice(0, at), pair.slice(at + 1)];
  throw new CliError(`"${pair}" is not name=value.`, EXIT.usage);
}

function valueOf(name: string, text: string, types: readonly string[]): unknown {
  if (types.includes('string')) return text;
  const value = parsed(text);
  if (value === undefined && types.length > 0)
    throw new CliError(`${name} must be ${types.join(' or ')}: "${text}" is not.`, EXIT.usage);
  return value === undefined ? text : value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function objectOf(text: string, what: string): Record<string, unknown> {
  const value = parsed(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new CliError(`${what} is not a JSON object.`, EXIT.usage);
}
