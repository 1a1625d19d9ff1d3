/** In the address of the page, where an endpoint's name would stand; no name begins like this. */
export const NEW = '_new';
