/** A notice is a few thousand bytes at most; an id and its comma are 37. */
const IDS_PER_NOTICE = 150;

/** As few notices as there can be about which questions have their answer. */
export function answeredNotices(askIds: readonly string[]): readonly string[] {
  const ids = [...new Set(askIds)];
  const count = Math.ceil(ids.length / IDS_PER_NOTICE);
  return Array.from({ length: count }, (_, at) =>
    ids.slice(at * IDS_PER_NOTICE, (at + 1) * IDS_PER_NOTICE).join(','),
  );
}

export const answeredIn = (notice: string): readonly string[] => notice.split(',').filter((id) => id !== '');
