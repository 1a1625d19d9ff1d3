import { Button, Group, PasswordInput, Stack, TextInput } from '@mantine/core';
import { type SyntheticEvent, useState } from 'react';
import { type FixInput } from './diagnosis';
import { text } from './text';

interface FixFormProps {
  readonly input: FixInput;
  readonly isBusy: boolean;
  readonly onSubmit: (value: string) => void;
  readonly onCancel: () => void;
}

const FIELD_MAX_PX = 480;

/** The one value that the fix needs. */
export function FixForm({ input, isBusy, onSubmit, onCancel }: FixFormProps) {
  const [value, setValue] = useState(input.suggestion ?? '');
  const [fault, setFault] = useState<string>();
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    const found = faultOf(input, value);
    setFault(found);
    if (found === undefined) onSubmit(value.trim());
  };
  const isSecret = input.type === 'secret';
  const Field = isSecret ? PasswordInput : TextInput;
  const description = [input.description, isSecret ? text.secretHint : ''].filter((part) => part !== '');
  return (
    <form onSubmit={submit} autoComplete="off">
      <Stack gap="sm" maw={FIELD_MAX_PX}>
        <Field
          label={input.label}
          description={description.join(' ')}
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
          error={fault}
          inputMode={input.type === 'integer' ? 'numeric' : 'text'}
          autoComplete={isSecret ? 'new-password' : 'off'}
          data-autofocus
          autoFocus
          data-testid="diagnose-value"
        />
        <Group>
          <Button type="submit" loading={isBusy} data-testid="diagnose-apply">
            {text.apply}
          </Button>
          <Button variant="default" onClick={onCancel}>
            {text.cancel}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function faultOf({ type }: FixInput, value: string): string | undefined {
  if (value.trim() === '') return text.required;
  return type === 'integer' && !/^\d+$/.test(value.trim()) ? text.notNumber : undefined;
}
