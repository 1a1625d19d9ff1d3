import { ImageReferenceInvalidError } from './errors';

const HOST =
  '(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\\.)*[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?';
const PART = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const REFERENCE = new RegExp(
  `^(?:(?<registry>${HOST}(?::[0-9]{1,5})?)/)?(?<path>${PART}(?:/${PART})*)(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$`,
);
const MAX_REFERENCE_LENGTH = 512;

export const isImageReference = (text: string): boolean =>
  text.length <= MAX_REFERENCE_LENGTH && REFERENCE.test(text);

/** The reference with its tag written out: an engine that is asked for a bare name pulls every tag there is. */
export function normalImageReference(text: string): string {
  const groups = text.length <= MAX_REFERENCE_LENGTH ? REFERENCE.exec(text)?.groups : undefined;
  if (groups === undefined) throw new ImageReferenceInvalidError(text);
  return groups['tag'] === undefined && groups['digest'] === undefined ? `${text}:latest` : text;
}
