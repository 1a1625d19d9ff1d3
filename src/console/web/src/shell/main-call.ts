/** The frame's own questions, which are the same on every page. */
const OF_THE_FRAME = /^(?:\/health|\/api\/v1\/me(?:\/|$))/;

/** Of several calls the one whose words are most of the page's address: the thing itself, before what is shown beside it. */
export function mainCall<C extends { readonly path: string }>(
  calls: readonly C[],
  page: string,
  base: string,
): C | undefined {
  const words = new Set(page.split('/').filter((word) => word !== ''));
  const fit = ({ path }: C): number => {
    const [own = ''] = path.split('?');
    const parts = own.split('/').filter((word) => word !== '');
    return parts.filter((part) => words.has(decodeURIComponent(part))).length * 10 - parts.length;
  };
  const own = calls.filter(({ path }) => !OF_THE_FRAME.test(path.slice(base.length)));
  return [...own].sort((one, other) => fit(other) - fit(one))[0];
}
