/** U+FFFD, the sign for "here stood something that is no character". */
const REPLACEMENT = '\uFFFD';

/**
 * JSON that every `jsonb` column takes. PostgreSQL refuses NUL and halves of surrogate pairs, and text of strangers (an error of
 * a server, a cut line of output) holds them at times: it must not keep its row out of the table.
 */
export const storableJson = (value: unknown): string => storableText(JSON.stringify(value));

/** The same of what is JSON already. */
export function storableText(text: string): string {
  // Both are written as escapes, so that text without such an escape can be kept as it is: looking at each member costs more.
  if (!/\\u(?:0000|d[89a-f])/.test(text)) return text;
  return JSON.stringify(JSON.parse(text), (_key, member: unknown) =>
    typeof member === 'string' ? member.replace(/\0|\p{Surrogate}/gu, REPLACEMENT) : member,
  );
}
