import { Badge, Button, Checkbox, Group, List, Paper, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { api } from '~/api/client';
import { type components } from '~/api/schema.gen';
import { Mono, ProblemCard } from '~/components';
import { text } from '../text';
import { type Import } from './add-servers';

type Item = components['schemas']['ImportItemDto'];
const words = text.box;

interface PlanViewProps {
  readonly plan: Import;
  readonly onBack: () => void;
  readonly onCommitted: (result: Import) => void;
}

export function PlanView({ plan, onBack, onCommitted }: PlanViewProps) {
  const possible = plan.items.filter(({ action }) => action !== 'skip').map(({ name }) => name);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(possible));
  const committing = api.useMutation('post', '/api/v1/imports/{id}/commit');
  const commit = (): void =>
    committing.mutate(
      { params: { path: { id: plan.plan_id } }, body: { include: [...chosen] } },
      { onSuccess: onCommitted },
    );
  const choose = (name: string, isChosen: boolean): void =>
    setChosen(new Set(isChosen ? [...chosen, name] : [...chosen].filter((each) => each !== name)));
  return (
    <Stack gap="sm">
      <Text size="sm" data-testid="catalog-plan-format">
        {words.detected} {words.formats[plan.detected_format] ?? plan.detected_format}
      </Text>
      {plan.items.map((item) => (
        <ItemCard
          key={item.name}
          item={item}
          isChosen={chosen.has(item.name)}
          onChoose={(isChosen) => choose(item.name, isChosen)}
        />
      ))}
      {committing.isError && <ProblemCard problem={committing.error} />}
      <Group justify="space-between">
        <Button variant="default" onClick={onBack} data-testid="catalog-plan-back">
          {words.back}
        </Button>
        <Button
          onClick={commit}
          loading={committing.isPending}
          disabled={chosen.size === 0}
          data-testid="catalog-plan-commit"
        >
          {chosen.size === 0 ? words.nothing : words.commit(chosen.size)}
        </Button>
      </Group>
    </Stack>
  );
}

interface ItemCardProps {
  readonly item: Item;
  readonly isChosen: boolean;
  readonly onChoose: (isChosen: boolean) => void;
}

const COLORS: Readonly<Record<string, string>> = { create: 'green', update: 'blue', skip: 'gray' };

const ItemCard = ({ item, isChosen, onChoose }: ItemCardProps) => (
  <Paper withBorder p="sm" data-testid={`catalog-plan-${item.name}`} data-action={item.action}>
    <Stack gap={6}>
      <Group justify="space-between" wrap="nowrap">
        <Checkbox
          checked={isChosen}
          disabled={item.action === 'skip'}
          label={item.name}
          aria-label={words.include(item.name)}
          onChange={(event) => onChoose(event.currentTarget.checked)}
          styles={{ label: { fontWeight: 600 } }}
        />
        <Badge color={item.refused ? 'red' : (COLORS[item.action] ?? 'gray')} variant="light" tt="none">
          {item.refused ? words.refused : item.action}
        </Badge>
      </Group>
      <Text size="sm">{item.reason}</Text>
      <What item={item} />
      {item.secrets.length > 0 && <Text size="sm">{words.secrets(item.secrets.join(', '))}</Text>}
      {item.warnings.length > 0 && (
        <List size="sm">
          {item.warnings.map((warning) => (
            <List.Item key={warning}>{warning}</List.Item>
          ))}
        </List>
      )}
    </Stack>
  </Paper>
);

function What({ item: { definition, instance, action } }: { readonly item: Item }) {
  if (action === 'skip') return null;
  const endpoint = (definition?.defaults as { endpoint?: unknown } | undefined)?.endpoint;
  const source = definition?.docker_image_url === '' ? endpoint : definition?.docker_image_url;
  return (
    <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
      {typeof source === 'string' && <Mono>{source}</Mono>}{' '}
      {instance === null ? words.noInstance : words.instance}
    </Text>
  );
}
