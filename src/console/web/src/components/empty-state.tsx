import { Anchor, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type ReactNode } from 'react';
import { CodeBlock } from './code-block';
import classes from './empty-state.module.css';

interface EmptyStateProps {
  readonly icon?: ReactNode;
  readonly title: string;
  /** What the list is for. */
  readonly text: string;
  /** The one thing to do now. */
  readonly action?: ReactNode;
  readonly link?: { readonly label: string; readonly to?: string; readonly href?: string };
  /** The same from a terminal. */
  readonly command?: string;
  /** Below the command: other ways to begin. */
  readonly children?: ReactNode;
  readonly testId?: string;
}

export function EmptyState(props: EmptyStateProps) {
  const { icon, title, text, action, link, command, children, testId } = props;
  return (
    <Stack className={classes.empty} gap="sm" data-testid={testId ?? 'empty'}>
      {icon}
      <Title order={2}>{title}</Title>
      <Text c="dimmed" maw={480}>
        {text}
      </Text>
      {action}
      {link !== undefined && <EmptyLink {...link} />}
      {command !== undefined && <CodeBlock code={command} label={title} />}
      {children}
    </Stack>
  );
}

const EmptyLink = ({ label, to, href }: NonNullable<EmptyStateProps['link']>) =>
  to === undefined ? (
    <Anchor href={href}>{label}</Anchor>
  ) : (
    <Anchor component={Link} to={to}>
      {label}
    </Anchor>
  );
