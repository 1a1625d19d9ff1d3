import { type ReactNode } from 'react';

export interface Column<R> {
  readonly id: string;
  readonly header: string;
  readonly cell: (row: R) => ReactNode;
  readonly sortable?: boolean;
  readonly width?: number | string;
  readonly align?: 'left' | 'right';
  /** Left out on narrower pages: `md` is 1,100 px, `sm` is 700 px. */
  readonly hideBelow?: 'sm' | 'md';
}

export interface Sort {
  readonly column: string;
  readonly descending: boolean;
}

/** `name` or `-name`, as the API and the address write it. */
export const parseSort = (text: string): Sort =>
  text.startsWith('-') ? { column: text.slice(1), descending: true } : { column: text, descending: false };

export const formatSort = ({ column, descending }: Sort): string => (descending ? `-${column}` : column);

export const nextSort = (sort: Sort | undefined, column: string): Sort => ({
  column,
  descending: sort?.column === column && !sort.descending,
});
