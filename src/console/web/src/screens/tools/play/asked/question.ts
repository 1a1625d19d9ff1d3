import { type components } from '~/api/schema.gen';

export type InputRequired = components['schemas']['InputRequiredDto'];
type Arguments = Readonly<Record<string, unknown>>;

/** What goes back to the server. */
export type Reply =
  | { readonly action: 'accept'; readonly content?: Arguments }
  | { readonly action: 'decline' }
  | { readonly action: 'cancel' };

export type Question =
  | { readonly kind: 'form'; readonly key: string; readonly message: string; readonly schema: unknown }
  | { readonly kind: 'url'; readonly key: string; readonly message: string; readonly address: Address }
  /** Nothing that a person could be asked. */
  | { readonly kind: 'other'; readonly key: string; readonly method: string };

/** Where a server sends somebody; cut at the host, which is what tells whose page it is. */
export type Address =
  | {
      readonly href: string;
      readonly before: string;
      readonly host: string;
      readonly after: string;
      readonly isPlain: boolean;
    }
  /** None that may be opened from here. */
  | { readonly refused: string };

export const questionsOf = ({ requests }: Pick<InputRequired, 'requests'>): readonly Question[] =>
  Object.entries(requests).map(([key, { method, params }]) => questionOf(key, method, params));

function questionOf(key: string, method: string, params: Arguments): Question {
  if (method !== 'elicitation/create') return { kind: 'other', key, method };
  const message = textOf(params['message']);
  if (params['mode'] === 'url')
    return { kind: 'url', key, message, address: addressOf(textOf(params['url'])) };
  return { kind: 'form', key, message, schema: params['requestedSchema'] };
}

/** Web pages only: an address of another kind would do something instead of showing something. */
export function addressOf(text: string): Address {
  if (!URL.canParse(text)) return { refused: text };
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return { refused: text };
  const { href, host } = url;
  const at = startOfHost(url);
  return {
    ...{ href, before: href.slice(0, at), host, after: href.slice(at + host.length) },
    isPlain: url.protocol === 'http:',
  };
}

/** A name before the host is there to look like one. */
function startOfHost({ protocol, username, password }: URL): number {
  const name = `${username}${password === '' ? '' : `:${password}`}`;
  return `${protocol}//${name}${name === '' ? '' : '@'}`.length;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

type Schema = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export interface Drawn {
  readonly schema: Schema;
  /** What the server suggests. */
  readonly given: Record<string, unknown>;
}

/** The flat schemas of the protocol as the form draws them; the answers fit the original as well. */
export function drawnOf(schema: unknown): Drawn {
  const { properties, required } = isObject(schema) ? schema : {};
  const fields = isObject(properties) ? properties : {};
  const demanded = new Set(Array.isArray(required) ? required : []);
  const given: Record<string, unknown> = {};
  const drawn = Object.entries(fields).map(([name, field]) => {
    if (!isObject(field)) return [name, field] as const;
    const { default: suggested, ...rest } = field;
    if (suggested !== undefined) given[name] = suggested;
    // A box that is not ticked says no, where an answer is demanded.
    else if (field['type'] === 'boolean' && demanded.has(name)) given[name] = false;
    return [name, choiceOf(rest)] as const;
  });
  return {
    schema: { ...(isObject(schema) ? schema : {}), type: 'object', properties: Object.fromEntries(drawn) },
    given,
  };
}

/** Older servers name the values of a list beside it; several of a list are chosen where each counts once. */
function choiceOf(field: Schema): Schema {
  const { enum: values, enumNames: names, ...rest } = field;
  if (Array.isArray(values) && Array.isArray(names)) {
    const choices = values.map((value: unknown, at) => ({ const: value, title: String(names[at] ?? value) }));
    return { ...rest, oneOf: choices };
  }
  return field['type'] === 'array' && isObject(field['items']) ? { ...field, uniqueItems: true } : field;
}
