import { Badge, Group, Tooltip } from '@mantine/core';
import { type Definition, isPinned, needsSecrets, sourceOf } from '../definition';
import { text } from '../text';

interface Sign {
  readonly word: string;
  readonly why?: string;
  readonly color: string;
}

function signsOf(definition: Definition): readonly Sign[] {
  const { type, status } = definition;
  const { badges } = text;
  return [
    { word: text.types[type], color: 'gray' },
    ...(definition.built_in ? [{ word: badges.verified, why: badges.verifiedWhy, color: 'green' }] : []),
    ...(definition.built_in ? [] : [{ word: text.sources[sourceOf(definition)], color: 'gray' }]),
    ...(isPinned(definition) ? [{ word: badges.pinned, why: badges.pinnedWhy, color: 'green' }] : []),
    ...(needsSecrets(definition) ? [{ word: badges.secrets, why: badges.secretsWhy, color: 'yellow' }] : []),
    ...(type === 'url' ? [{ word: badges.network, why: badges.networkWhy, color: 'blue' }] : []),
    ...(status === 'draft' ? [{ word: badges.draft, why: badges.draftWhy, color: 'gray' }] : []),
    ...(status === 'archived' ? [{ word: badges.archived, color: 'gray' }] : []),
  ];
}

/** What is worth knowing before one reads on. */
export const Badges = ({ definition }: { readonly definition: Definition }) => (
  <Group gap={6}>
    {signsOf(definition).map(({ word, why, color }) => (
      <Tooltip key={word} label={why ?? word} disabled={why === undefined} multiline maw={280}>
        <Badge color={color} variant="default" size="sm" tt="none" fw={500}>
          {word}
        </Badge>
      </Tooltip>
    ))}
  </Group>
);
