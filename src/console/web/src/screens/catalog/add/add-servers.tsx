import { Button, Drawer, Group, Stack, Text, Textarea } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '~/api/client';
import { type components } from '~/api/schema.gen';
import { ProblemCard } from '~/components';
import { DEFINITIONS } from '../data';
import { text } from '../text';
import { PlanView } from './plan-view';
import { ResultView } from './result-view';

export type Import = components['schemas']['ImportDto'];

interface AddServersProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  /** What is in the box from the beginning; another text is another box. */
  readonly given?: string;
}

const words = text.box;

/** One box for whatever somebody has; what it would make is shown before anything is made. */
export const AddServers = ({ opened, onClose, given = '' }: AddServersProps) => (
  <Drawer
    opened={opened}
    onClose={onClose}
    title={words.title}
    position="right"
    size="xl"
    keepMounted
    data-testid="catalog-add-box"
  >
    <Box key={given} onClose={onClose} given={given} />
  </Drawer>
);

/** Text, plan, result: the one that is furthest is shown. Closing the drawer keeps all three. */
function Box({ onClose, given }: { readonly onClose: () => void; readonly given: string }) {
  const [content, setContent] = useState(given);
  const [plan, setPlan] = useState<Import>();
  const [result, setResult] = useState<Import>();
  const cache = useQueryClient();
  const finish = (next: Import): void => {
    setResult(next);
    void cache.invalidateQueries({ queryKey: DEFINITIONS });
  };
  if (result !== undefined)
    return (
      <ResultView
        result={result}
        onChange={finish}
        onClose={onClose}
        onAgain={() => {
          setResult(undefined);
          setPlan(undefined);
          setContent('');
        }}
      />
    );
  if (plan !== undefined)
    return <PlanView plan={plan} onBack={() => setPlan(undefined)} onCommitted={finish} />;
  return <ContentForm content={content} onContent={setContent} onPlanned={setPlan} />;
}

interface ContentFormProps {
  readonly content: string;
  readonly onContent: (content: string) => void;
  readonly onPlanned: (plan: Import) => void;
}

function ContentForm({ content, onContent, onPlanned }: ContentFormProps) {
  const planning = api.useMutation('post', '/api/v1/imports');
  const plan = (): void => planning.mutate({ body: { content } }, { onSuccess: onPlanned });
  return (
    <Stack gap="sm">
      <Textarea
        label={words.label}
        description={words.hint}
        placeholder={words.placeholder}
        value={content}
        onChange={(event) => onContent(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) plan();
        }}
        autosize
        minRows={6}
        maxRows={20}
        maxLength={262_144}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        spellCheck={false}
        data-autofocus
        data-testid="catalog-add-content"
      />
      {planning.isPending && <Text size="sm">{words.planning}</Text>}
      {planning.isError && <ProblemCard problem={planning.error} />}
      <Group justify="flex-end">
        <Button
          onClick={plan}
          loading={planning.isPending}
          disabled={content.trim() === ''}
          data-testid="catalog-add-plan"
        >
          {words.plan}
        </Button>
      </Group>
    </Stack>
  );
}
