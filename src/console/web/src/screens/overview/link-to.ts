/** An address below the console's base, in the two parts that the router takes. */
export function linkTo(address: string): { readonly to: string; readonly search: Record<string, string> } {
  const [to = '/', query = ''] = address.split('?', 2);
  return { to, search: Object.fromEntries(new URLSearchParams(query)) };
}
