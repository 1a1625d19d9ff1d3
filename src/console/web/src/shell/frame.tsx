import { ActionIcon, AppShell, Badge, Group, Text, Tooltip } from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import { IconMenu2, IconSearch } from '@tabler/icons-react';
import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { Suspense, useEffect } from 'react';
import { api } from '~/api/client';
import { words } from '~/design/words';
import { startLive, stopLive } from '~/live/live';
import { ApiButton } from './api-button';
import classes from './frame.module.css';
import { LiveDot } from './live-dot';
import { Navigation } from './navigation-list';
import { openPalette, Palette } from './palette';
import { ScreenSkeleton } from './screen-skeleton';
import { Shortcuts } from './shortcuts';
import { UserMenu } from './user-menu';

/** Below this the navigation shows icons only; below the smaller one it is a drawer. */
const ICONS_BELOW = '(max-width: 68.74em)';
const DRAWER_BELOW = '(max-width: 43.74em)';
const HEADER_PX = 52;
const WIDE_PX = 208;
const ICONS_PX = 56;
const FACTS_FRESH_MS = 60_000;

/** What stands around every screen of a signed-in person. */
export function Frame() {
  const [opened, { toggle, close }] = useDisclosure(false);
  const drawer = useMediaQuery(DRAWER_BELOW, false, { getInitialValueInEffect: false });
  const icons = useMediaQuery(ICONS_BELOW, false, { getInitialValueInEffect: false }) && !drawer;
  const path = useRouterState({ select: ({ location }) => location.pathname });
  useEffect(close, [path, close]);
  useEffect(() => {
    startLive();
    return stopLive;
  }, []);
  return (
    <AppShell
      header={{ height: HEADER_PX }}
      navbar={{ width: icons ? ICONS_PX : WIDE_PX, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding={{ base: 'sm', sm: 'lg' }}
    >
      <a href="#content" className={classes.skip}>
        {words.skip}
      </a>
      <AppShell.Header className={classes.header}>
        <Head drawer={drawer} opened={opened} toggle={toggle} />
      </AppShell.Header>
      <AppShell.Navbar className={classes.navbar} aria-label={words.nav.label}>
        <Navigation iconsOnly={icons} />
      </AppShell.Navbar>
      <AppShell.Main id="content">
        <div className={classes.content}>
          <Suspense fallback={<ScreenSkeleton />}>
            <Outlet />
          </Suspense>
        </div>
      </AppShell.Main>
      <Palette />
      <Shortcuts />
    </AppShell>
  );
}

interface HeadProps {
  readonly drawer: boolean;
  readonly opened: boolean;
  readonly toggle: () => void;
}

const Head = ({ drawer, opened, toggle }: HeadProps) => (
  <Group h="100%" px="md" justify="space-between" wrap="nowrap" gap="xs">
    <Group gap="sm" wrap="nowrap">
      {drawer && (
        <ActionIcon
          variant="subtle"
          color="gray"
          onClick={toggle}
          aria-expanded={opened}
          aria-label={opened ? words.nav.close : words.nav.open}
          data-testid="nav-toggle"
        >
          <IconMenu2 size={18} />
        </ActionIcon>
      )}
      <Link to="/" className={classes.brand}>
        {words.product}
      </Link>
      {!drawer && <Environment />}
    </Group>
    <Group gap={6} wrap="nowrap">
      <LiveDot />
      <Tooltip label={`${words.palette.open} (⌘ K)`}>
        <ActionIcon
          variant="subtle"
          color="gray"
          onClick={openPalette}
          aria-label={words.palette.open}
          data-testid="palette-open"
        >
          <IconSearch size={18} />
        </ActionIcon>
      </Tooltip>
      <ApiButton iconOnly={drawer} />
      <UserMenu />
    </Group>
  </Group>
);

/** Which parts carry this installation: it explains what to expect of it. */
function Environment() {
  const { data } = api.useQuery('get', '/health', {}, { staleTime: FACTS_FRESH_MS, retry: false });
  if (data?.engine === undefined) return null;
  return (
    <Badge variant="default" radius="xs" tt="none" fw={400} data-testid="environment">
      <Text span size="xs" c="dimmed">
        {[data.engine, data.queue_mode, data.version].filter(Boolean).join(' · ')}
      </Text>
    </Badge>
  );
}
