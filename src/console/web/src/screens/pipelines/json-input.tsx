import { Textarea } from '@mantine/core';
import { useEffect, useState } from 'react';

interface JsonInputProps {
  readonly label: string;
  readonly description?: string;
  readonly value: unknown;
  /** undefined: it is empty. Called with what can be read only. */
  readonly onChange: (value: Record<string, unknown> | undefined) => void;
  readonly wrong: string;
  readonly minRows?: number;
  readonly testId?: string;
}

const written = (value: unknown): string => (value === undefined ? '' : JSON.stringify(value, null, 2));

/** A JSON object as text; while it cannot be read it says so and changes nothing. */
export function JsonInput(props: JsonInputProps) {
  const { value, onChange, label, description, wrong, minRows = 3, testId } = props;
  const [typed, setTyped] = useState(written(value));
  // What came from elsewhere, such as the form beside it, is shown; what was typed stays as it was typed.
  useEffect(() => {
    if (JSON.stringify(read(typed)) !== JSON.stringify(value)) setTyped(written(value));
  }, [value]);
  const isWrong = typed.trim() !== '' && read(typed) === undefined;
  return (
    <Textarea
      label={label}
      description={description}
      value={typed}
      error={isWrong ? wrong : undefined}
      onChange={(event) => {
        const text = event.currentTarget.value;
        setTyped(text);
        const next = read(text);
        if (next !== undefined || text.trim() === '') onChange(next);
      }}
      autosize
      minRows={minRows}
      maxRows={16}
      spellCheck={false}
      styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
      data-testid={testId}
    />
  );
}

function read(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
