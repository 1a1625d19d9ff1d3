import { useNavigate, useSearch } from '@tanstack/react-router';
import { type AdminSearch } from './search';

type Change = (wanted: Partial<Record<keyof AdminSearch, string>>) => void;

/**
 * The state of a page of the administration, which is its address. Nothing given takes a filter away. What the last of them
 * opens is a step of its own, which Back takes back.
 */
export function useAdminSearch(): readonly [AdminSearch, Change, Change] {
  const search: AdminSearch = useSearch({ strict: false });
  const navigate = useNavigate();
  const go = (wanted: Parameters<Change>[0], replace: boolean): void => {
    const next = Object.entries({ ...search, ...wanted }).filter(([, value]) => value !== '');
    void navigate({ to: '.', search: Object.fromEntries(next) as never, replace, resetScroll: false });
  };
  return [search, (wanted) => go(wanted, true), (wanted) => go(wanted, false)];
}
