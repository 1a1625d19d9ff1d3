import { Badge, Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { IconCircleCheckFilled, IconCircleDashed } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type ReactNode } from 'react';
import { RelativeTime } from '~/components';
import { type Progress } from './progress';
import classes from './steps.module.css';
import { text } from './text';

const words = text.steps;

/** Three things to do before anything works, ticked as they happen. */
export const Steps = ({ progress }: { readonly progress: Progress }) => (
  <Stack component="ol" gap="sm" className={classes.list} aria-live="polite">
    <Step
      id="server"
      title={words.server.title}
      done={progress.running.length > 0}
      action={{ to: '/catalog', label: words.server.action }}
    >
      {serverLine(progress)}
    </Step>
    <Step
      id="client"
      title={words.client.title}
      done={progress.client !== undefined}
      action={{ to: '/connect', label: words.client.action }}
    >
      <ClientLine progress={progress} />
    </Step>
    <Step
      id="call"
      title={words.call.title}
      done={progress.called}
      action={{ to: '/tools', label: words.call.action }}
    >
      {callLine(progress)}
    </Step>
  </Stack>
);

function serverLine({ running: [first, ...others], starting }: Progress): string {
  if (first !== undefined)
    return others.length === 0 ? words.server.done(first) : words.server.more(first, others.length);
  return starting === undefined ? words.server.text : words.server.starting(starting.name, starting.status);
}

function ClientLine({ progress: { client } }: { readonly progress: Progress }) {
  if (client === undefined) return words.client.text;
  return (
    <>
      {words.client.done(client.client_name)} <RelativeTime at={client.connected_at} />
    </>
  );
}

function callLine({ called, caller }: Progress): string {
  if (!called) return words.call.text;
  return caller?.tool_name === undefined
    ? words.call.done
    : words.call.byClient(caller.client_name, caller.tool_name);
}

interface StepProps {
  readonly id: string;
  readonly title: string;
  readonly done: boolean;
  readonly action: { readonly to: string; readonly label: string };
  readonly children: ReactNode;
}

const Step = ({ id, title, done, action, children }: StepProps) => (
  <Card component="li" data-testid={`step-${id}`} data-done={done}>
    <Group justify="space-between" gap="sm">
      <Group gap="sm" wrap="nowrap" align="flex-start" className={classes.what}>
        {done ? (
          <IconCircleCheckFilled size={20} className={classes.done} aria-hidden />
        ) : (
          <IconCircleDashed size={20} className={classes.open} aria-hidden />
        )}
        <Stack gap={2}>
          <Group gap="xs">
            <Title order={2} size="h3">
              {title}
            </Title>
            <Badge size="sm" variant="default" tt="none" fw={400}>
              {done ? words.done : words.open}
            </Badge>
          </Group>
          <Text size="sm" c="dimmed">
            {children}
          </Text>
        </Stack>
      </Group>
      <Button
        component={Link}
        to={action.to}
        size="xs"
        variant={done ? 'default' : 'filled'}
        data-testid={`step-${id}-action`}
      >
        {action.label}
      </Button>
    </Group>
  </Card>
);
