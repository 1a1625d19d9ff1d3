import { useMantineColorScheme } from '@mantine/core';
import { IconFlag, IconPlus } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { api } from '~/api/client';
import { useMe } from '~/api/me';
import { words } from '~/design/words';
import { NAVIGATION } from './navigation';
import { type PaletteItem } from './palette-items';
import { placeOf } from './saved-views';

const PER_KIND = 8;
const LIST_MAX = 200;
/** Lists that are searched here are asked for once a minute at most. */
const FRESH_MS = 60_000;

const ACTIONS = [
  { to: '/catalog?add=true', label: words.palette.actions.add, permission: 'servers:create' },
  { to: '/agents?panel=register', label: words.palette.actions.register, permission: 'agents:register' },
  { to: '/tasks?panel=submit', label: words.palette.actions.submit, permission: 'tasks:submit' },
  { to: '/pipelines/new', label: words.palette.actions.pipeline, permission: 'pipelines:create' },
] as const;

type Go = (to: string) => void;

/** Screens and actions that the signed-in person may use, and, once something is typed, things by their names. */
export function usePaletteItems(asked: string): readonly PaletteItem[] {
  const navigate = useNavigate();
  const { data: me } = useMe();
  const { setColorScheme } = useMantineColorScheme();
  const go: Go = (path) => {
    const { to, search } = placeOf(path);
    void navigate({ to, search: search as never });
  };
  const may = (permission: string | undefined): boolean =>
    permission === undefined || (me?.permissions.includes(permission) ?? false);
  const named = useNamed(asked, go, may);
  return [
    ...NAVIGATION.flatMap(({ entries }) => entries)
      .filter(({ permission }) => may(permission))
      .map(({ to, label, icon }) => ({ id: to, label, icon, run: () => go(to) })),
    ...ACTIONS.filter(({ permission }) => may(permission)).map(({ to, label }) => ({
      ...{ id: to, label, icon: IconPlus, run: () => go(to) },
    })),
    { id: '/welcome', label: words.user.gettingStarted, icon: IconFlag, run: () => go('/welcome') },
    ...(['light', 'dark', 'auto'] as const).map((theme) => ({
      ...{ id: `theme-${theme}`, label: words.palette.theme(words.theme[theme]) },
      run: () => setColorScheme(theme),
    })),
    ...named,
  ];
}

/** Things whose names may hold what was typed; asked for only while something is. */
function useNamed(q: string, go: Go, may: (permission: string) => boolean): readonly PaletteItem[] {
  const when = (permission: string) => ({
    enabled: q !== '' && may(permission),
    retry: false,
    staleTime: FRESH_MS,
  });
  const found = { params: { query: { q, limit: PER_KIND } } };
  const all = { params: { query: { limit: LIST_MAX } } };
  const instances = api.useQuery('get', '/api/v1/mcp/instances', found, when('instances:read'));
  const servers = api.useQuery('get', '/api/v1/mcp/servers', found, when('servers:read'));
  const tools = api.useQuery('get', '/api/v1/mcp/tools', {}, when('tools:read'));
  const agents = api.useQuery('get', '/api/v1/agents', all, when('agents:read'));
  const pipelines = api.useQuery('get', '/api/v1/pipelines', all, when('pipelines:read'));
  if (q === '') return [];
  const { kinds } = words.palette;
  const item = (kind: string, label: string, to: string): PaletteItem => ({
    ...{ id: to, label, kind, run: () => go(to) },
  });
  const address = encodeURIComponent;
  return [
    ...(instances.data?.instances ?? []).map(({ name }) => item(kinds.instance, name, `/instances/${name}`)),
    ...(servers.data?.servers ?? []).map(({ id, name }) => item(kinds.server, name, `/catalog/${id}`)),
    ...(tools.data?.tools ?? []).map(({ name, server_name: server }) =>
      item(kinds.tool(server), name, `/tools?server=${address(server)}&name=${address(name)}`),
    ),
    ...(agents.data?.agents ?? []).map(({ id, name }) => item(kinds.agent, name, `/agents/${id}`)),
    ...(pipelines.data?.pipelines ?? []).map(({ id, name }) =>
      item(kinds.pipeline, name, `/pipelines/${id}`),
    ),
  ];
}
