import { type NavGroup } from './navigation';

export interface PaletteItem {
  readonly id: string;
  readonly label: string;
  /** What kind of thing it is; screens and actions say it by themselves. */
  readonly kind?: string;
  readonly icon?: NavGroup['entries'][number]['icon'];
  readonly run: () => void;
}

/** No more than one looks through. */
const SHOWN_MAX = 20;

/** Those that hold every word that was typed, in their order; what begins with it stands first. */
export function matching(items: readonly PaletteItem[], typed: string): readonly PaletteItem[] {
  const wanted = typed.trim().toLowerCase();
  const parts = wanted.split(/\s+/);
  const fitting = items.filter(({ label, kind = '' }) => {
    const text = `${label} ${kind}`.toLowerCase();
    return parts.every((part) => text.includes(part));
  });
  const isFirst = ({ label }: PaletteItem): boolean =>
    wanted !== '' && label.toLowerCase().startsWith(wanted);
  return [...fitting.filter(isFirst), ...fitting.filter((item) => !isFirst(item))].slice(0, SHOWN_MAX);
}

/** Where the mark goes from `at` on a key; undefined: the key is none of the list's. */
export function moved(key: string, at: number, count: number): number | undefined {
  if (count === 0) return undefined;
  if (key === 'ArrowDown') return (at + 1) % count;
  if (key === 'ArrowUp') return (at + count - 1) % count;
  if (key === 'Home') return 0;
  return key === 'End' ? count - 1 : undefined;
}
