import { Anchor, Breadcrumbs, Group, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef } from 'react';
import { words } from '~/design/words';

export interface Crumb {
  readonly label: string;
  readonly to?: string;
}

interface PageHeaderProps {
  readonly title: string;
  /** Shown in place of the title, when it is more than text; `title` still names the page. */
  readonly heading?: ReactNode;
  readonly crumbs?: readonly Crumb[];
  readonly description?: ReactNode;
  readonly actions?: ReactNode;
}

/** The one h1 of a page: names the tab, and takes the focus when the page is entered, so that readers hear where they are. */
export function PageHeader({ title, heading, crumbs = [], description, actions }: PageHeaderProps) {
  const ref = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${words.product}`;
  }, [title]);
  useEffect(() => ref.current?.focus({ preventScroll: true }), []);
  return (
    <Stack gap={4} mb="md" component="header">
      {crumbs.length > 0 && <Crumbs crumbs={crumbs} />}
      <Group justify="space-between" align="flex-start" gap="sm">
        <Stack gap={4} miw={0}>
          <Title order={1} ref={ref} tabIndex={-1} style={{ outline: 'none', overflowWrap: 'anywhere' }}>
            {heading ?? title}
          </Title>
          {typeof description === 'string' ? <Text c="dimmed">{description}</Text> : description}
        </Stack>
        {actions !== undefined && <Group gap="xs">{actions}</Group>}
      </Group>
    </Stack>
  );
}

const Crumbs = ({ crumbs }: { readonly crumbs: readonly Crumb[] }) => (
  <nav aria-label="Breadcrumbs">
    <Breadcrumbs separatorMargin={6}>
      {crumbs.map(({ label, to }) =>
        to === undefined ? (
          <Text key={label} size="xs" c="dimmed">
            {label}
          </Text>
        ) : (
          <Anchor key={label} component={Link} to={to} size="xs">
            {label}
          </Anchor>
        ),
      )}
    </Breadcrumbs>
  </nav>
);
