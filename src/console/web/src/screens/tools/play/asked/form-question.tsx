import { Button, Stack, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import { SchemaForm } from '~/components/lazy/schema-form';
import { text } from '../../text';
import { Refusals } from './refusals';
import classes from './asked.module.css';
import { drawnOf, type Question, type Reply } from './question';

interface FormQuestionProps {
  readonly question: Extract<Question, { kind: 'form' }>;
  readonly server: string;
  readonly isSending: boolean;
  readonly onReply: (reply: Reply) => void;
}

export function FormQuestion({ question, server, isSending, onReply }: FormQuestionProps) {
  const { schema, given } = useMemo(() => drawnOf(question.schema), [question.schema]);
  const [value, setValue] = useState(given);
  return (
    <Stack gap="sm">
      <Text className={classes.message} data-testid="tool-asked-message">
        {question.message}
      </Text>
      <Text size="xs" c="dimmed">
        {text.asked.care(server)}
      </Text>
      <SchemaForm
        schema={schema}
        value={value}
        onChange={setValue}
        onSubmit={(content) => onReply({ action: 'accept', content })}
        disabled={isSending}
        idPrefix="asked"
        label={text.asked.form}
        testId="tool-asked-form"
      >
        <Refusals isSending={isSending} onReply={onReply}>
          <Button type="submit" loading={isSending} data-testid="tool-asked-accept">
            {text.asked.accept}
          </Button>
        </Refusals>
      </SchemaForm>
    </Stack>
  );
}
