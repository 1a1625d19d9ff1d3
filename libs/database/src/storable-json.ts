/** U+FFFD, the sign for "here stood something that is no character". */
const REPLACEMENT = '\uFFFD';

/**
 * JSON that every `jsonb` column takes. PostgreSQL refuses NUL and halves of surrogate pairs, and text of strangers (an error of
 * a server, a cut line of output) holds them at times: it must not keep its row out of the table.
 */
export const storableJson = (value: unknown): string =>
  JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'string' ? member.replace(/\0|\p{Surrogate}/gu, REPLACEMENT) : member,
  );
