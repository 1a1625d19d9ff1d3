/** Binds a ciphertext to its row: exchanged rows fail to open. */
export const additionalData = (scope: string, id: string, version: number, name: string): string =>
  `${scope}|${id}|${version}|${name}`;

/** The secrets of trusted issuers lie in a table of their own, and are sealed like ours: a new master key wraps them too. */
export const issuerSecretAad = (issuerId: string, kind: string): string =>
  `trusted-issuer|${issuerId}|${kind}`;
