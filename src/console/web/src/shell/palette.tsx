import { createSpotlight, Spotlight, type SpotlightActionData } from '@mantine/spotlight';
import { useDebouncedValue } from '@mantine/hooks';
import { IconFlag } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '~/api/client';
import { useMe } from '~/api/me';
import { words } from '~/design/words';
import { NAVIGATION } from './navigation';

const [store, spotlight] = createSpotlight();
export const openPalette = spotlight.open;

const SETTLE_MS = 150;
const PER_KIND = 8;

/** ⌘K: every screen, and instances and pipelines by name. */
export function Palette() {
  const navigate = useNavigate();
  const { data: me } = useMe();
  const [query, setQuery] = useState('');
  const [asked] = useDebouncedValue(query.trim(), SETTLE_MS);
  const screens: SpotlightActionData[] = NAVIGATION.flatMap(({ entries }) => entries)
    .filter(({ permission }) => permission === undefined || me?.permissions.includes(permission))
    .map(({ to, label, icon: Icon }) => ({
      id: to,
      label,
      leftSection: <Icon size={18} aria-hidden />,
      onClick: () => void navigate({ to }),
    }));
  const start: SpotlightActionData = {
    ...{ id: '/welcome', label: words.user.gettingStarted },
    leftSection: <IconFlag size={18} aria-hidden />,
    onClick: () => void navigate({ to: '/welcome' }),
  };
  const named = useNamed(asked);
  const found: SpotlightActionData[] = named.map(({ to, label, description }) => ({
    ...{ id: to, label, description },
    onClick: () => void navigate({ to }),
  }));
  return (
    <Spotlight
      store={store}
      actions={[...screens, start, ...found]}
      query={query}
      onQueryChange={setQuery}
      shortcut={['mod + K']}
      nothingFound={words.palette.nothing}
      highlightQuery
      limit={20}
      scrollable
      maxHeight={420}
      searchProps={{ placeholder: words.palette.placeholder, 'aria-label': words.palette.placeholder }}
    />
  );
}

interface Named {
  readonly to: string;
  readonly label: string;
  readonly description: string;
}

/** Things whose names hold what was typed; asked for only while something is. */
function useNamed(q: string): readonly Named[] {
  const enabled = q !== '';
  const query = { q, limit: PER_KIND };
  const instances = api.useQuery(
    'get',
    '/api/v1/mcp/instances',
    { params: { query } },
    { enabled, retry: false },
  );
  const servers = api.useQuery(
    'get',
    '/api/v1/mcp/servers',
    { params: { query } },
    { enabled, retry: false },
  );
  if (!enabled) return [];
  return [
    ...(instances.data?.instances ?? []).map(({ name }) => ({
      ...{ to: `/instances/${name}`, label: name, description: words.nav.instances },
    })),
    ...(servers.data?.servers ?? []).map(({ id, name }) => ({
      ...{ to: `/catalog/${id}`, label: name, description: words.nav.catalog },
    })),
  ];
}
