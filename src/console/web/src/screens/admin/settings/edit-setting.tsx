import { NumberInput, Select, Switch, Text, Textarea, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { rest } from '~/api/client';
import { act } from '../act';
import { Ask } from '../ask';
import { settingText as words } from '../more-text';
import { text } from '../text';
import { type Setting } from './stored-settings';

/** undefined: what was typed is no value. */
function parse(typed: string): unknown {
  try {
    return JSON.parse(typed) as unknown;
  } catch {
    return undefined;
  }
}

/** A change names the version that was on view: what somebody else changed meanwhile is not overwritten. */
export function EditSetting({
  setting,
  onClose,
}: {
  readonly setting: Setting | undefined;
  readonly onClose: () => void;
}) {
  const [typed, setTyped] = useState('');
  const [version, setVersion] = useState('');
  const name = setting?.name;
  useEffect(() => {
    if (setting === undefined) return;
    setTyped(JSON.stringify(setting.value, null, 2));
    void rest
      .GET('/api/v1/settings/{name}', { params: { path: { name: setting.name } } })
      .then(({ response }) => setVersion(response.headers.get('etag') ?? ''));
  }, [setting]);
  const value = parse(typed);
  const save = (): Promise<unknown> =>
    act(
      rest.PUT('/api/v1/settings/{name}', {
        params: { path: { name: name ?? '' }, header: { 'If-Match': version } },
        body: { value: value as never },
      }),
      words.saved,
    );
  return (
    <Ask
      title={words.editTitle(name ?? '')}
      submit={text.save}
      opened={setting !== undefined}
      onClose={onClose}
      onSubmit={save}
      disabled={value === undefined || version === ''}
      testId="setting-form"
    >
      <Text size="sm">{setting?.description}</Text>
      <Text size="sm" c="dimmed">
        {words.bounds(setting?.bounds ?? '')}
      </Text>
      {setting !== undefined && (
        <Field
          type={setting.type}
          bounds={setting.bounds}
          typed={typed}
          onChange={setTyped}
          isValue={value !== undefined}
        />
      )}
    </Ask>
  );
}

interface FieldProps {
  readonly type: string;
  readonly bounds: string;
  readonly typed: string;
  readonly onChange: (typed: string) => void;
  readonly isValue: boolean;
}

function Field({ type, bounds, typed, onChange, isValue }: FieldProps) {
  const word = parse(typed);
  if (type === 'choice')
    return (
      <Select
        label={words.value}
        value={typeof word === 'string' ? word : null}
        data={bounds.split(', ')}
        allowDeselect={false}
        onChange={(value) => onChange(JSON.stringify(value))}
        data-testid="setting-value"
      />
    );
  if (type === 'text')
    return (
      <TextInput
        label={words.value}
        value={typeof word === 'string' ? word : ''}
        onChange={(event) => onChange(JSON.stringify(event.currentTarget.value))}
        data-testid="setting-value"
      />
    );
  if (type === 'boolean')
    return (
      <Switch
        label={words.value}
        checked={typed === 'true'}
        onChange={(event) => onChange(String(event.currentTarget.checked))}
        data-testid="setting-value"
      />
    );
  if (type === 'integer')
    return (
      <NumberInput
        label={words.value}
        value={typed === '' ? '' : Number(typed)}
        onChange={(value) => onChange(String(value))}
        allowDecimal={false}
        data-testid="setting-value"
      />
    );
  return (
    <Textarea
      label={words.value}
      value={typed}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={isValue ? undefined : words.notJson}
      autosize
      minRows={4}
      styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
      data-testid="setting-value"
    />
  );
}
