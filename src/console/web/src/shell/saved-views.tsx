import { Tooltip } from '@mantine/core';
import { IconBookmark } from '@tabler/icons-react';
import { defaultParseSearch, Link } from '@tanstack/react-router';
import { api } from '~/api/client';
import { VIEWS } from '~/components/save-view';
import { words } from '~/design/words';
import classes from './frame.module.css';

const ICON_PX = 18;
const FRESH_MS = 300_000;

/** Lists as somebody filtered and ordered them once, under their names. */
export function SavedViews({ iconsOnly }: { readonly iconsOnly: boolean }) {
  const { data } = api.useQuery('get', VIEWS, {}, { staleTime: FRESH_MS, retry: false });
  const views = data?.views ?? [];
  if (views.length === 0) return null;
  return (
    <div>
      {!iconsOnly && <div className={classes.group}>{words.nav.views}</div>}
      <ul className={classes.entries} data-testid="nav-views">
        {views.map(({ name, path }) => {
          const { to, search } = placeOf(path);
          return (
            <li key={name}>
              <Tooltip label={name} position="right" disabled={!iconsOnly}>
                <Link
                  to={to}
                  search={search as never}
                  className={classes.entry}
                  activeOptions={{ exact: true, includeSearch: true }}
                  aria-label={iconsOnly ? name : undefined}
                  data-testid="nav-view"
                >
                  <IconBookmark size={ICON_PX} aria-hidden />
                  {!iconsOnly && name}
                </Link>
              </Tooltip>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

/** A saved path as the router takes it. */
export function placeOf(path: string): {
  readonly to: string;
  readonly search: Readonly<Record<string, unknown>>;
} {
  const [to = '/', query = ''] = path.split('?', 2);
  return { to, search: defaultParseSearch(query) };
}
