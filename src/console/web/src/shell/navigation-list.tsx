import { Tooltip } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useMe } from '~/api/me';
import classes from './frame.module.css';
import { NAVIGATION, type NavEntry } from './navigation';
import { SavedViews } from './saved-views';

const ICON_PX = 18;

/** What the signed-in person may see, in five groups. */
export function Navigation({ iconsOnly }: { readonly iconsOnly: boolean }) {
  const { data: me } = useMe();
  const visible = ({ permission }: NavEntry): boolean =>
    permission === undefined || (me?.permissions.includes(permission) ?? false);
  return (
    <nav>
      {NAVIGATION.map(({ label, entries }) => {
        const shown = entries.filter(visible);
        return shown.length === 0 ? null : (
          <div key={label}>
            {label !== '' && !iconsOnly && <div className={classes.group}>{label}</div>}
            <ul className={classes.entries}>
              {shown.map((entry) => (
                <li key={entry.to}>
                  <Entry {...entry} iconsOnly={iconsOnly} />
                </li>
              ))}
            </ul>
          </div>
        );
      })}
      <SavedViews iconsOnly={iconsOnly} />
    </nav>
  );
}

const Entry = ({ to, label, icon: Icon, iconsOnly }: NavEntry & { readonly iconsOnly: boolean }) => (
  <Tooltip label={label} position="right" disabled={!iconsOnly}>
    <Link
      to={to}
      className={classes.entry}
      activeOptions={{ exact: to === '/', includeSearch: false }}
      aria-label={iconsOnly ? label : undefined}
      data-testid={`nav-${to === '/' ? 'overview' : to.slice(1).replaceAll('/', '-')}`}
    >
      <Icon size={ICON_PX} aria-hidden />
      {!iconsOnly && label}
    </Link>
  </Tooltip>
);
