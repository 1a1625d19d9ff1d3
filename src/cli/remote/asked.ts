import { type Prompt } from '../terminal';
import { CliError, EXIT } from '../failures';
import { type Session } from '../session';

type Values = Readonly<Record<string, unknown>>;

export interface InputRequired {
  readonly requests: Readonly<Record<string, { readonly method: string; readonly params: Values }>>;
  readonly request_state: string;
}
type Reply = { readonly action: 'accept' | 'decline' | 'cancel'; readonly content?: Values };

type Replies = Readonly<Record<string, Reply>>;

export const nobodyThere = (server: string): CliError =>
  new CliError(
    `"${server}" asks something before it goes on, and nobody is at this terminal to answer.`,
    EXIT.inputRequired,
    'call it in a terminal, or with -o json, and answer over the API with the request_state that is shown',
  );

export const cancelled = ({ requests }: InputRequired): Replies =>
  Object.fromEntries(Object.keys(requests).map((key) => [key, { action: 'cancel' as const }]));

/** Answers to all that a server asks in one round, from whoever sits at the terminal. */
export async function answersOf(
  session: Pick<Session, 'say'>,
  prompt: Prompt,
  server: string,
  { requests }: InputRequired,
): Promise<Replies> {
  const replies: Record<string, Reply> = {};
  for (const [key, { params }] of Object.entries(requests)) {
    session.say(`"${server}" asks: ${textOf(params['message'])}`);
    replies[key] =
      params['mode'] === 'url' ? await atPage(session, prompt, params) : await inForm(prompt, params);
  }
  return replies;
}

const CHOICE = '[a]ccept, [d]ecline or [c]ancel? ';
const ACTIONS: Readonly<Record<string, Reply['action']>> = { a: 'accept', d: 'decline' };

/** Anything else leaves the question open, as does the end of the input. */
async function chosen(prompt: Prompt): Promise<Reply['action']> {
  return ACTIONS[((await prompt(CHOICE)) ?? '').trim().charAt(0).toLowerCase()] ?? 'cancel';
}

async function atPage(session: Pick<Session, 'say'>, prompt: Prompt, { url }: Values): Promise<Reply> {
  session.say(`Open this page, do what it asks, and accept then: ${textOf(url)}`);
  return { action: await chosen(prompt) };
}

async function inForm(prompt: Prompt, { requestedSchema }: Values): Promise<Reply> {
  const action = await chosen(prompt);
  if (action !== 'accept') return { action };
  const { properties, required } = objectOf(requestedSchema);
  const demanded = Array.isArray(required) ? required : [];
  const content: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(objectOf(properties))) {
    const value = await valueOf(prompt, name, objectOf(field), demanded.includes(name));
    if (value === GONE) return { action: 'cancel' };
    if (value !== undefined) content[name] = value;
  }
  return { action, content };
}

const GONE = Symbol('the input ended');

/** Asked until it fits; an empty line takes what is suggested, or leaves out what may be left out. */
async function valueOf(prompt: Prompt, name: string, field: Values, isDemanded: boolean): Promise<unknown> {
  for (;;) {
    const typed = await prompt(questionOf(name, field, isDemanded));
    if (typed === undefined) return GONE;
    if (typed.trim() === '') {
      if (field['default'] !== undefined || !isDemanded) return field['default'];
      continue;
    }
    const value = readValue(field, typed.trim());
    if (value !== undefined) return value;
  }
}

function questionOf(name: string, field: Values, isDemanded: boolean): string {
  const { title, type, default: suggested } = field;
  const choices = choicesOf(field);
  const about = choices.length === 0 ? textOf(type) : choices.join(' | ');
  const several = type === 'array' ? ', with commas between' : '';
  const given = suggested === undefined ? '' : ` [${JSON.stringify(suggested)}]`;
  return `  ${title === undefined ? name : textOf(title)} (${about}${several}${isDemanded ? '' : ', may be empty'})${given}: `;
}

/** Undefined for what does not fit. The server has the last word. */
export function readValue(field: Values, typed: string): unknown {
  switch (field['type']) {
    case 'array': {
      const parts = typed.split(',').map((part) => part.trim());
      return parts.every((part) => fits(field, part)) ? parts : undefined;
    }
    case 'boolean':
      return YES_OR_NO[typed.charAt(0).toLowerCase()];
    case 'number':
      return Number.isFinite(Number(typed)) ? Number(typed) : undefined;
    case 'integer':
      return Number.isInteger(Number(typed)) ? Number(typed) : undefined;
    default:
      return fits(field, typed) ? typed : undefined;
  }
}

const YES_OR_NO: Readonly<Record<string, boolean>> = { y: true, t: true, n: false, f: false };

const fits = (field: Values, value: string): boolean => {
  const choices = choicesOf(field);
  return choices.length === 0 || choices.includes(value);
};

function choicesOf(field: Values): readonly string[] {
  const { enum: values, oneOf, anyOf, items } = field;
  if (items !== undefined) return choicesOf(objectOf(items));
  if (Array.isArray(values)) return values.map(String);
  const named = oneOf ?? anyOf;
  return Array.isArray(named) ? named.map((one) => String(objectOf(one)['const'])) : [];
}

const objectOf = (value: unknown): Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Values) : {};
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
