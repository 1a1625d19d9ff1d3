import { NumberInput, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { rest } from '~/api/client';
import { type components } from '~/api/schema.gen';
import { act, ANY_VERSION } from '../act';
import { Ask } from '../ask';
import { text } from '../text';

type Usage = components['schemas']['UsageDto'];
type Limits = Readonly<Record<string, number | null>>;
const words = text.quotas;

const limitsOf = ({ resources }: Usage): Limits =>
  Object.fromEntries(resources.map(({ resource, limit }) => [resource, limit]));

interface ChangeLimitsProps {
  readonly usage: Usage;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Every limit of the workspace at once: they are stored as one. */
export function ChangeLimits({ usage, opened, onClose }: ChangeLimitsProps) {
  const [limits, setLimits] = useState<Limits>(limitsOf(usage));
  useEffect(() => {
    if (opened) setLimits(limitsOf(usage));
    // Only when it opens: what is typed must not go with the next answer.
  }, [opened]);
  const { scope, scope_id: id } = usage;
  const save = (): Promise<unknown> =>
    act(
      rest.PUT('/api/v1/quotas/{scope}/{id}', {
        params: { path: { scope, id }, header: ANY_VERSION },
        body: { limits },
      }),
      words.saved,
    );
  return (
    <Ask
      title={words.change}
      submit={text.save}
      opened={opened}
      onClose={onClose}
      onSubmit={save}
      testId="quota-form"
    >
      <Text size="sm" c="dimmed">
        {words.changeAbout}
      </Text>
      {usage.resources.map(({ resource }) => (
        <NumberInput
          key={resource}
          label={words.resources[resource]}
          value={limits[resource] ?? ''}
          onChange={(value) => setLimits({ ...limits, [resource]: value === '' ? null : Number(value) })}
          min={0}
          allowDecimal={false}
          thousandSeparator=","
          data-testid={`quota-${resource}`}
        />
      ))}
    </Ask>
  );
}
