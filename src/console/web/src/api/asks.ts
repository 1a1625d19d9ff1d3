import { type paths } from './schema.gen';

type Values = Readonly<Record<string, unknown>>;

/**
 * `meta` of a query whose key is its own and not the call's: what it asks, for those who want to ask the same without the
 * console.
 */
export const asks = (
  path: keyof paths,
  params: { readonly path?: Values; readonly query?: Values } = {},
): { readonly asks: readonly unknown[] } => ({ asks: ['get', path, { params }] });

/** The call of a query, in the shape of a key. */
export const askedBy = (
  meta: Readonly<Record<string, unknown>> | undefined,
): readonly unknown[] | undefined =>
  Array.isArray(meta?.['asks']) ? (meta['asks'] as readonly unknown[]) : undefined;
