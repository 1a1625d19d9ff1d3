import { Button, Group, Input, PasswordInput, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useId, useState } from 'react';
import { api } from '~/api/client';
import { type Variable } from '../data';
import { text } from '../text';

interface VariableFieldProps {
  readonly variable: Variable;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}

const words = text.form;

/** One value of the contract. What it means stands under its name, always. */
export function VariableField(props: VariableFieldProps) {
  const { variable } = props;
  if (variable.secret === true) return <SecretField {...props} />;
  const common = commonOf(props);
  if (variable.type === 'boolean')
    return (
      <Select
        {...common}
        clearable
        value={props.value === '' ? null : props.value}
        placeholder={variable.default ?? words.unset}
        data={[
          { value: 'true', label: words.true },
          { value: 'false', label: words.false },
        ]}
        onChange={(value) => props.onChange(value ?? '')}
      />
    );
  const Field = variable.type === 'json' ? Textarea : TextInput;
  const isNumber = variable.type === 'integer' || variable.type === 'number';
  return (
    <Field
      {...common}
      value={props.value}
      placeholder={variable.default ?? ''}
      inputMode={isNumber ? 'decimal' : 'text'}
      onChange={(event) => props.onChange(event.currentTarget.value)}
      autoComplete="off"
      spellCheck={false}
    />
  );
}

const commonOf = ({ variable, error }: VariableFieldProps) => ({
  label: variable.name,
  description: describe(variable),
  withAsterisk: variable.required === true,
  error,
  'data-testid': `install-variable-${variable.name}`,
});

function describe({ description = '', type, default: byDefault }: Variable): string {
  const kind = type === 'string' ? '' : type;
  const fallback = byDefault === undefined || byDefault === null ? '' : words.byDefault(byDefault);
  return [description, kind, fallback].filter((part) => part !== '').join(' · ');
}

/** Goes in and never comes out: once typed it is "set", and can be replaced. */
function SecretField({ variable, value, error, onChange }: VariableFieldProps) {
  const id = useId();
  const [picks, setPicks] = useState(value.startsWith('secret_ref:'));
  const [isOpen, setOpen] = useState(value === '');
  return (
    <Input.Wrapper
      id={id}
      label={variable.name}
      description={describe(variable)}
      withAsterisk={variable.required === true}
      error={error}
    >
      <Stack gap={6} mt={6}>
        {picks && <SecretPicker id={id} value={value} onChange={onChange} />}
        {!picks && isOpen && (
          <PasswordInput
            id={id}
            value={value}
            placeholder={words.secretPlaceholder}
            onChange={(event) => onChange(event.currentTarget.value)}
            onBlur={() => setOpen(value === '')}
            autoComplete="new-password"
            data-testid={`install-variable-${variable.name}`}
          />
        )}
        <Group gap="xs">
          {!picks && !isOpen && (
            <>
              <Text size="sm" data-testid={`install-set-${variable.name}`}>
                {words.secretSet}
              </Text>
              <Button
                size="compact-xs"
                variant="default"
                onClick={() => {
                  onChange('');
                  setOpen(true);
                }}
              >
                {words.replace}
              </Button>
            </>
          )}
          <Button
            size="compact-xs"
            variant="subtle"
            onClick={() => {
              onChange('');
              setOpen(true);
              setPicks(!picks);
            }}
            data-testid={`install-pick-${variable.name}`}
          >
            {picks ? words.secretNew : words.secretPick}
          </Button>
        </Group>
      </Stack>
    </Input.Wrapper>
  );
}

const SECRETS_MAX = 200;

interface SecretPickerProps {
  readonly id: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function SecretPicker({ id, value, onChange }: SecretPickerProps) {
  const { data } = api.useQuery('get', '/api/v1/secrets', { params: { query: { limit: SECRETS_MAX } } });
  const references = (data?.secrets ?? []).map(({ ref, scope, name }) => ({
    value: ref,
    label: `${scope} · ${name}`,
  }));
  return (
    <Select
      id={id}
      searchable
      value={value === '' ? null : value}
      data={references}
      placeholder={words.secretSelect}
      nothingFoundMessage={words.noSecrets}
      onChange={(picked) => onChange(picked ?? '')}
    />
  );
}
