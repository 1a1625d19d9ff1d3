/** What people call the thing that a server runs in; the product's own word for both is container. */
export type WorkPlace = 'container' | 'process';

/** Of the kind of an engine: only one of them has no containers. */
export const workPlaceOf = (engineKind: string | undefined): WorkPlace =>
  engineKind === 'process' ? 'process' : 'container';
