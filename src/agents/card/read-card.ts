import { type JsonObject, type JsonValue, NAME_PATTERN } from '@app/kernel';
import { type AgentContent } from '../domain/agent';
import { CAPABILITIES_MAX, CAPABILITY_PATTERN } from '../domain/capability';

/** What we make of somebody else's card. */
export interface CardContent {
  /** Absent: the card's name cannot be made one of ours. */
  readonly name?: string;
  readonly content: Pick<AgentContent, 'description' | 'capabilities'>;
}

const DESCRIPTION_MAX = 2_000;
const NAME_MAX = 63;
const CAPABILITY_MAX = 64;
const SKILLS_MAX = 256;

/** The words for what is wrong with a card, or what it says. */
export function readCard(card: JsonValue): { readonly fault: string } | CardContent {
  if (!isObject(card)) return { fault: 'it is not a JSON object' };
  const { name, description, version, skills } = card;
  if (typeof name !== 'string') return { fault: 'name is missing or not text' };
  if (typeof description !== 'string') return { fault: 'description is missing or not text' };
  if (typeof version !== 'string') return { fault: 'version is missing or not text' };
  if (!isList(skills)) return { fault: 'skills is missing or not a list' };
  if (skills.length > SKILLS_MAX) return { fault: `it has more than ${String(SKILLS_MAX)} skills` };
  const own = ownNameOf(name);
  return {
    ...(NAME_PATTERN.test(own) ? { name: own } : {}),
    content: {
      description: description.slice(0, DESCRIPTION_MAX),
      capabilities: capabilitiesOf(skills),
    },
  };
}

/** Each skill by its id and its tags, spelled as capabilities are. */
function capabilitiesOf(skills: readonly JsonValue[]): readonly string[] {
  const words = skills.filter(isObject).flatMap(({ id, tags }) => [id, ...(isList(tags) ? tags : [])]);
  const capabilities = words
    .filter((word) => typeof word === 'string')
    .map((word) => wordOf(word, CAPABILITY_MAX))
    .filter((word) => CAPABILITY_PATTERN.test(word));
  return [...new Set(capabilities)].slice(0, CAPABILITIES_MAX);
}

const wordOf = (text: string, max: number): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9._:/-]+/g, '-')
    .slice(0, max)
    .replaceAll(/^[^a-z0-9]+|[^a-z0-9]+$/g, '');

/** Ours know fewer signs than words of capabilities. */
const ownNameOf = (text: string): string =>
  wordOf(text, NAME_MAX).replaceAll(/[.:/]/g, '-').replaceAll(/_+/g, '_');

const isList = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value);

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
