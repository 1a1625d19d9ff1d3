/** Binds a ciphertext to its row: exchanged rows fail to open. */
export const additionalData = (scope: string, id: string, version: number, name: string): string =>
  `${scope}|${id}|${version}|${name}`;
