import { useNavigate, useSearch } from '@tanstack/react-router';
import { type AdminSearch } from './search';

/** The state of a page of the administration, which is its address. Nothing given takes a filter away. */
export function useAdminSearch(): [
  AdminSearch,
  (change: Partial<Record<keyof AdminSearch, string>>) => void,
] {
  const search: AdminSearch = useSearch({ strict: false });
  const navigate = useNavigate();
  const change = (wanted: Partial<Record<keyof AdminSearch, string>>): void => {
    const next = Object.entries({ ...search, ...wanted }).filter(([, value]) => value !== '');
    void navigate({ to: '.', search: Object.fromEntries(next) as never, replace: true });
  };
  return [search, change];
}
