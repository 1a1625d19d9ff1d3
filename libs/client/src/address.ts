/** The path with its values, each as one part of it whatever it holds, and the query behind it. */
export function addressOf(path: string, values: object = {}, query: object = {}): string {
  const known = new Map<string, unknown>(Object.entries(values));
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = known.get(name);
    if (typeof value !== 'string' && typeof value !== 'number') throw new TypeError(`${path} needs ${name}.`);
    return encodeURIComponent(value);
  });
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === null) continue;
    asked.set(name, Array.isArray(value) ? value.join(',') : String(value));
  }
  return asked.size === 0 ? filled : `${filled}?${asked.toString()}`;
}

/** JSON as what it says, everything else as its text; undefined where there is nothing. */
export async function contentOf(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === '') return undefined;
  return (response.headers.get('content-type') ?? '').includes('json') ? (JSON.parse(text) as unknown) : text;
}
