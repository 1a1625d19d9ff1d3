type Predicate = (body: Readonly<Record<string, unknown>>) => boolean;

const predicates = new WeakMap<object, Predicate>();

/**
 * On a DTO of a hot path: what certainly passes all rules of the DTO, told at a glance. Whatever it is not sure of goes the
 * usual way, which alone finds words for what is wrong; so it may only ever say yes too seldom.
 */
export const Evidently =
  (isProper: Predicate) =>
  (dto: new () => object): void => {
    predicates.set(dto, isProper);
  };

/** The body as its DTO, or undefined for one that has to be looked at. */
export function evident(dto: unknown, body: unknown): object | undefined {
  if (typeof dto !== 'function' || typeof body !== 'object' || body === null) return undefined;
  const isProper = predicates.get(dto);
  if (isProper?.(body as Readonly<Record<string, unknown>>) !== true) return undefined;
  return Object.assign(new (dto as new () => object)(), body);
}
