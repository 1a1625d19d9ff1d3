import { Button, Drawer, Group, Stack, Table, TagsInput, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { rest } from '~/api/client';
import { fieldError, type Problem, toProblem } from '~/api/problem';
import { type components } from '~/api/schema.gen';
import { Notice, ProblemCard, Mark } from '~/components';
import { type Tone } from '~/design/status-tone';
import { text } from './text';

type Match = components['schemas']['MatchDto'];
type Judged = components['schemas']['JudgedAgentDto'];

interface Answer {
  readonly match?: Match;
  readonly problem?: Problem;
}

const words = text.match;

/** Which agent would get a task like this one, and why not the others. */
export function MatchDrawer({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  const [answer, setAnswer] = useState<Answer>({});
  return (
    <Drawer opened={opened} onClose={onClose} title={words.title} size="xl" data-testid="agents-match-drawer">
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          {words.intro}
        </Text>
        <Question problem={answer.problem} onAnswer={setAnswer} />
        {answer.problem !== undefined && <ProblemCard problem={answer.problem} />}
        {answer.match !== undefined && <Verdicts match={answer.match} />}
      </Stack>
    </Drawer>
  );
}

interface QuestionProps {
  readonly problem: Problem | undefined;
  readonly onAnswer: (answer: Answer) => void;
}

function Question({ problem, onAnswer }: QuestionProps) {
  const [type, setType] = useState('analysis');
  const [capabilities, setCapabilities] = useState<string[]>([]);
  const [agent, setAgent] = useState('');
  const [busy, setBusy] = useState(false);
  const ask = async (): Promise<void> => {
    setBusy(true);
    const body = { type, capabilities, ...(agent === '' ? {} : { agent_id: agent }) };
    const { data, error } = await rest.POST('/api/v1/tasks/match', { body });
    setBusy(false);
    onAnswer(error === undefined ? { match: data } : { problem: toProblem(error) });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void ask();
      }}
    >
      <Stack gap="sm">
        <TextInput
          label={words.type}
          value={type}
          onChange={(event) => setType(event.currentTarget.value)}
          error={fieldError(problem, '/type')}
          required
          data-autofocus
          data-testid="agents-match-type"
        />
        <TagsInput
          label={words.capabilities}
          value={capabilities}
          onChange={setCapabilities}
          data-testid="agents-match-capabilities"
        />
        <TextInput
          label={words.agent}
          value={agent}
          onChange={(event) => setAgent(event.currentTarget.value)}
          error={fieldError(problem, '/agent_id')}
        />
        <Group>
          <Button type="submit" loading={busy} data-testid="agents-match-ask">
            {words.submit}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Verdicts({ match }: { readonly match: Match }) {
  const chosen = match.agents.find(({ agent_id }) => agent_id === match.agent_id);
  return (
    <Stack gap="sm" data-testid="agents-match-answer">
      <Notice
        tone={chosen === undefined ? 'warn' : 'good'}
        title={chosen === undefined ? words.nobody : words.chosen(chosen.name)}
      >
        {match.waiting_for?.sentence}
      </Notice>
      {match.agents.length === 0 ? (
        <Text size="sm" c="dimmed">
          {words.none}
        </Text>
      ) : (
        <VerdictTable agents={match.agents} />
      )}
    </Stack>
  );
}

const VerdictTable = ({ agents }: { readonly agents: readonly Judged[] }) => (
  <Table.ScrollContainer minWidth={420}>
    <Table aria-label={words.list}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{text.columns.name}</Table.Th>
          <Table.Th>{words.verdict}</Table.Th>
          <Table.Th ta="right">{words.score}</Table.Th>
          <Table.Th>{words.why}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {agents.map((judged) => (
          <VerdictRow key={judged.agent_id} judged={judged} />
        ))}
      </Table.Tbody>
    </Table>
  </Table.ScrollContainer>
);

const VERDICT_TONES: Readonly<Record<string, Tone>> = {
  chosen: 'good',
  able: 'busy',
  lost: 'bad',
  no_capability: 'warn',
};

function VerdictRow({ judged }: { readonly judged: Judged }) {
  const { name, verdict, score, score_parts: parts, reason } = judged;
  const title = parts && words.parts(parts.free, parts.load, parts.errors, parts.latency);
  return (
    <Table.Tr data-verdict={verdict}>
      <Table.Td>{name}</Table.Td>
      <Table.Td>
        <Mark tone={VERDICT_TONES[verdict] ?? 'idle'}>{text.verdicts[verdict] ?? verdict}</Mark>
      </Table.Td>
      <Table.Td ta="right" className="q-figures" title={title}>
        {score === null ? '' : score.toFixed(2)}
      </Table.Td>
      <Table.Td>
        <Text size="xs">{reason}</Text>
        {title !== undefined && (
          <Text size="xs" c="dimmed">
            {title}
          </Text>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
