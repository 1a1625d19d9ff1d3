/** A part of the document, before anything is known of it. */
export type Node = Record<string, unknown>;

export const SCHEMAS = '#/components/schemas/';

export const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
