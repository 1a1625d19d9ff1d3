import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { useState } from 'react';
import { CopyButton } from '~/components';
import { text } from '../../text';
import classes from './asked.module.css';
import { Refusals } from './refusals';
import { type Address, type Question, type Reply } from './question';

interface AddressQuestionProps {
  readonly question: Extract<Question, { kind: 'url' }>;
  readonly server: string;
  readonly isSending: boolean;
  readonly onReply: (reply: Reply) => void;
}

/** Something is to be done on a page of somebody else: it is opened by a click, and by nothing else. */
export function AddressQuestion({ question, server, isSending, onReply }: AddressQuestionProps) {
  const { address, message } = question;
  const [isOpened, setOpened] = useState(false);
  const isRefused = 'refused' in address;
  return (
    <Stack gap="sm">
      <Text className={classes.message} data-testid="tool-asked-message">
        {message}
      </Text>
      {isRefused ? (
        <Alert color="red" variant="light" data-testid="tool-asked-refused">
          {text.asked.noPage} <code className={classes.plain}>{address.refused}</code>
        </Alert>
      ) : (
        <Page address={address} server={server} onOpen={() => setOpened(true)} />
      )}
      <div>
        <Refusals isSending={isSending} onReply={onReply}>
          {!isRefused && (
            <Button
              variant={isOpened ? 'filled' : 'default'}
              loading={isSending}
              onClick={() => onReply({ action: 'accept' })}
              data-testid="tool-asked-accept"
            >
              {text.asked.done}
            </Button>
          )}
        </Refusals>
      </div>
    </Stack>
  );
}

function Page(props: {
  readonly address: Exclude<Address, { refused: string }>;
  readonly server: string;
  readonly onOpen: () => void;
}) {
  const { href, before, host, after, isPlain } = props.address;
  return (
    <Stack gap="xs">
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <code className={classes.address} data-testid="tool-asked-url">
          {before}
          <strong className={classes.host}>{host}</strong>
          {after}
        </code>
        <CopyButton value={href} label={text.asked.address} />
      </Group>
      <Text size="xs" c="dimmed">
        {text.asked.pageCare(props.server)}
        {isPlain && ` ${text.asked.plain}`}
      </Text>
      <Group>
        <Button
          component="a"
          href={href}
          target="_blank"
          rel="noopener noreferrer"
          onClick={props.onOpen}
          leftSection={<IconExternalLink size={14} aria-hidden />}
          data-testid="tool-asked-open"
        >
          {text.asked.open(host)}
        </Button>
      </Group>
    </Stack>
  );
}
