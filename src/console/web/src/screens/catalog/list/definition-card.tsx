import { Card, Checkbox, Group, Stack, Text } from '@mantine/core';
import { type Definition } from '../data';
import { InstallLink, TextLink } from '../links';
import { text } from '../text';
import { Badges } from './badges';

interface DefinitionCardProps {
  readonly definition: Definition;
  readonly isSelected: boolean;
  readonly mayInstall: boolean;
  readonly onSelect: (isSelected: boolean) => void;
}

export function DefinitionCard({ definition, isSelected, mayInstall, onSelect }: DefinitionCardProps) {
  const { name, description, instances = 0, status } = definition;
  return (
    <Card withBorder padding="sm" component="article" data-testid={`catalog-card-${name}`}>
      <Stack gap="xs" h="100%" justify="space-between">
        <Stack gap={6}>
          <Group gap="xs" wrap="nowrap">
            {mayInstall && (
              <Checkbox
                size="xs"
                checked={isSelected}
                aria-label={text.select(name)}
                onChange={(event) => onSelect(event.currentTarget.checked)}
                data-testid={`catalog-select-${name}`}
              />
            )}
            <TextLink to="/catalog/$id" params={{ id: name }} fw={600} c="inherit" truncate>
              {name}
            </TextLink>
          </Group>
          <Text size="sm" c="dimmed" lineClamp={3}>
            {description === '' ? text.noDescription : description}
          </Text>
        </Stack>
        <Stack gap="xs">
          <Badges definition={definition} />
          <Group justify="space-between">
            <Text size="xs" c="dimmed">
              {text.users(instances)}
            </Text>
            {mayInstall && status === 'published' && (
              <InstallLink
                size="xs"
                variant="default"
                to="/catalog/$id/install"
                params={{ id: name }}
                aria-label={`${text.install} ${name}`}
                data-testid={`catalog-install-${name}`}
              >
                {text.install}
              </InstallLink>
            )}
          </Group>
        </Stack>
      </Stack>
    </Card>
  );
}
