import { type Endpoint, type Selection } from '../data';

export const PREFIXES = ['auto', 'always', 'none'] as const;

export interface Draft {
  readonly name: string;
  readonly description: string;
  readonly instances: readonly string[];
  readonly prefix: (typeof PREFIXES)[number];
  readonly tools: Selection;
}

export const EMPTY: Draft = { name: '', description: '', instances: [], prefix: 'auto', tools: {} };

export const draftOf = ({ name, description, instances, prefix, tools }: Endpoint): Draft => ({
  ...{ name, description, instances, tools },
  prefix: PREFIXES.find((one) => one === prefix) ?? 'auto',
});

/** Absent is not the same as empty: an empty list of allowed tools would allow none. */
export function withMember<K extends keyof Selection>(
  tools: Selection,
  member: K,
  value: Selection[K] | undefined,
): Selection {
  const { [member]: _before, ...others } = tools;
  return value === undefined ? others : { ...others, [member]: value };
}
