import { Text } from '@mantine/core';
import { useState } from 'react';
import { CodeEditor } from '~/components/lazy/code-editor';
import { text } from '../text';

interface ArgumentsEditorProps {
  readonly value: Record<string, unknown>;
  readonly onChange: (value: Record<string, unknown>) => void;
  readonly onValid: (isValid: boolean) => void;
}

/** The same arguments as JSON; the form follows with every text that is an object. */
export function ArgumentsEditor({ value, onChange, onValid }: ArgumentsEditorProps) {
  const [typed, setTyped] = useState(() => JSON.stringify(value, null, 2));
  const [isObject, setObject] = useState(true);
  const change = (next: string): void => {
    setTyped(next);
    const parsed = objectIn(next);
    setObject(parsed !== undefined);
    onValid(parsed !== undefined);
    if (parsed !== undefined) onChange(parsed);
  };
  return (
    <>
      <CodeEditor
        language="json"
        label={text.arguments}
        value={typed}
        onChange={change}
        height="200px"
        testId="tool-json"
      />
      {!isObject && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {text.notJson}
        </Text>
      )}
    </>
  );
}

function objectIn(typed: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(typed);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
