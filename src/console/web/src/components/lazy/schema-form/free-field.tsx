import { JsonInput } from '@mantine/core';
import { type FieldProps } from '@rjsf/utils';
import { useState } from 'react';

const NOT_JSON = 'This is not JSON. A text stands in quotes.';

/** For what a schema leaves open: any JSON value. */
export function FreeField({ fieldPathId, schema, name, formData, onChange, required, disabled }: FieldProps) {
  const [text, setText] = useState(() => textOf(formData));
  const [error, setError] = useState<string>();
  const change = (typed: string): void => {
    setText(typed);
    try {
      onChange(typed.trim() === '' ? undefined : (JSON.parse(typed) as unknown), fieldPathId.path);
      setError(undefined);
    } catch {
      setError(NOT_JSON);
    }
  };
  return (
    <JsonInput
      id={fieldPathId.$id}
      label={schema.title ?? name}
      description={schema.description ?? 'Any JSON value.'}
      value={text}
      onChange={change}
      error={error}
      required={required}
      disabled={disabled === true}
      autosize
      minRows={2}
      maxRows={16}
      formatOnBlur
      mb="sm"
    />
  );
}

const textOf = (value: unknown): string => (value === undefined ? '' : JSON.stringify(value, null, 2));
