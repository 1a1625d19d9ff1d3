import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { IconClock } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useNow } from '~/components';
import { formatDuration } from '~/design/format';
import { text } from '../../text';
import { AddressQuestion } from './address-question';
import classes from './asked.module.css';
import { FormQuestion } from './form-question';
import { type InputRequired, type Question, questionsOf, type Reply } from './question';

export type Replies = Readonly<Record<string, Reply>>;

interface AskedViewProps {
  readonly server: string;
  readonly asked: InputRequired;
  /** On this page's clock. */
  readonly untilMs: number;
  readonly isOver: boolean;
  /** The answers are on their way. */
  readonly isSending: boolean;
  readonly onReply: (replies: Replies) => void;
}

/** What a server wants to know in the middle of a call: one question after the other, and all answers at once. */
export function AskedView({ server, asked, untilMs, isOver, isSending, onReply }: AskedViewProps) {
  const questions = questionsOf(asked);
  const [replies, setReplies] = useState<Replies>({});
  const at = Math.min(Object.keys(replies).length, questions.length - 1);
  const question = questions[at];
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
    heading.current?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  const reply = (one: Reply): void => {
    const all = question === undefined ? {} : { ...replies, [question.key]: one };
    setReplies(all);
    if (Object.keys(all).length === questions.length) onReply(all);
  };
  return (
    <section className={classes.asked} aria-labelledby="asked-title" data-testid="tool-asked">
      <Stack gap="sm">
        <Group justify="space-between" gap="xs">
          <Title order={3} id="asked-title" ref={heading} tabIndex={-1} className={classes.title}>
            {text.asked.title(server)}
          </Title>
          {!isSending && !isOver && <TimeLeft untilMs={untilMs} />}
        </Group>
        {questions.length > 1 && (
          <Text size="xs" c="dimmed">
            {text.asked.part(at + 1, questions.length)}
          </Text>
        )}
        {isOver ? (
          <Text size="sm" role="alert" data-testid="tool-asked-over">
            {text.asked.over}
          </Text>
        ) : (
          <Asking key={at} question={question} server={server} isSending={isSending} onReply={reply} />
        )}
        <Text size="sm" c="dimmed" role="status" className={classes.status}>
          {isSending ? text.asked.sending(server) : ''}
        </Text>
      </Stack>
    </section>
  );
}

/** Said without a voice: a clock that speaks every second says nothing. */
function TimeLeft({ untilMs }: { readonly untilMs: number }) {
  const leftS = Math.max(0, Math.ceil((untilMs - useNow()) / MS_PER_S));
  return (
    <Text size="sm" c="dimmed" component="div" className="q-figures" data-testid="tool-asked-left">
      <Group gap={4} wrap="nowrap">
        <IconClock size={14} aria-hidden />
        {text.asked.left(formatDuration(leftS * MS_PER_S))}
      </Group>
    </Text>
  );
}
const MS_PER_S = 1_000;

interface AskingProps {
  readonly question: Question | undefined;
  readonly server: string;
  readonly isSending: boolean;
  readonly onReply: (reply: Reply) => void;
}

function Asking({ question, ...props }: AskingProps) {
  if (question?.kind === 'form') return <FormQuestion question={question} {...props} />;
  if (question?.kind === 'url') return <AddressQuestion question={question} {...props} />;
  const { isSending, onReply } = props;
  return (
    <Stack gap="sm">
      <Text size="sm">
        {question === undefined ? text.asked.nothing : text.asked.unknown(question.method)}
      </Text>
      <Group>
        <Button
          loading={isSending}
          onClick={() => onReply({ action: 'decline' })}
          data-testid={question === undefined ? 'tool-asked-go-on' : 'tool-asked-decline'}
        >
          {question === undefined ? text.asked.goOn : text.asked.decline}
        </Button>
      </Group>
    </Stack>
  );
}
