/** Shorter values are words; replacing them would make logs unreadable and betray the value by its holes. */
const MIN_SECRET_LENGTH = 6;
/** Live values known at once, spellings of one value counted singly. Beyond it the oldest is forgotten. */
const MAX_SPELLINGS = 40_000;
const MAX_SECRETS = 10_000;
/** Lines of a multi-line value (a key file) are secrets of their own, because output comes line by line. */
const MIN_LINE_LENGTH = 16;
const MAX_DEPTH = 12;
const FILTER_SIZE = 1 << 16;

interface Learned {
  readonly spellings: readonly string[];
  uses: number;
}

interface Hidden {
  readonly replacement: string;
  uses: number;
}

/** How a value looks where it is not verbatim: inside JSON, inside a URL, in an encoded header, as single lines. */
function spellingsOf(secret: string): readonly string[] {
  const lines = secret.includes('\n')
    ? secret.split(/\r?\n/).filter((line) => line.length >= MIN_LINE_LENGTH && !line.startsWith('-----'))
    : [];
  const encoded = [
    JSON.stringify(secret).slice(1, -1),
    // A lone surrogate cannot be written in a URL, and encodeURIComponent throws on it.
    /\p{Surrogate}/u.test(secret) ? secret : encodeURIComponent(secret),
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  ];
  return [...new Set([secret, ...encoded, ...lines])].filter((text) => text.length >= MIN_SECRET_LENGTH);
}

/** A cheap fingerprint of the first characters; most positions of a text are dismissed by it alone. */
const fingerprint = (text: string, at: number): number =>
  ((text.charCodeAt(at) * 31 + text.charCodeAt(at + 1)) * 31 +
    text.charCodeAt(at + 2) * 7 +
    text.charCodeAt(at + 3)) &
  (FILTER_SIZE - 1);

/**
 * Replaces live secret values wherever text leaves the process. Values are indexed by their first characters, then by
 * length, so that the cost grows with the text and not with the number of secrets.
 */
export class Scrubber {
  readonly #learned = new Map<string, Learned>();
  readonly #byPrefix = new Map<string, Map<number, Map<string, Hidden>>>();
  readonly #filter = new Uint32Array(FILTER_SIZE);
  #spellings = 0;

  /** Counts: a value learned twice is forgotten after the second `forget`. Too short values are ignored. */
  learn(secret: string, label?: string): void {
    if (secret.length < MIN_SECRET_LENGTH) return;
    const known = this.#learned.get(secret);
    if (known !== undefined) {
      known.uses += 1;
      return;
    }
    while (this.#learned.size >= MAX_SECRETS || this.#spellings >= MAX_SPELLINGS) this.#forgetOldest();
    const spellings = spellingsOf(secret);
    this.#learned.set(secret, { spellings, uses: 1 });
    const replacement = label === undefined ? '[redacted]' : `[redacted:${label}]`;
    for (const spelling of spellings) this.#add(spelling, replacement);
  }

  forget(secret: string): void {
    const known = this.#learned.get(secret);
    if (known === undefined) return;
    known.uses -= 1;
    if (known.uses > 0) return;
    this.#learned.delete(secret);
    for (const spelling of known.spellings) this.#remove(spelling);
  }

  scrub(text: string): string {
    if (this.#learned.size === 0 || text.length < MIN_SECRET_LENGTH) return text;
    let result = '';
    let copied = 0;
    let at = 0;
    while (at <= text.length - MIN_SECRET_LENGTH) {
      const match = this.#filter[fingerprint(text, at)] === 0 ? undefined : this.#matchAt(text, at);
      if (match === undefined) {
        at += 1;
        continue;
      }
      result += text.slice(copied, at) + match.replacement;
      at += match.length;
      copied = at;
    }
    return copied === 0 ? text : result + text.slice(copied);
  }

  /** Strings inside arrays and plain objects, keys included; everything else is returned as it is. */
  scrubDeep<T>(value: T): T {
    return this.#learned.size === 0 ? value : (this.#walk(value, 0) as T);
  }

  #walk(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return this.scrub(value);
    if (typeof value !== 'object' || value === null) return value;
    // Deeper than any message of ours: dropping it is safer than letting it pass unread.
    if (depth >= MAX_DEPTH) return '[too deep]';
    if (Array.isArray(value)) return value.map((item: unknown) => this.#walk(item, depth + 1));
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [this.scrub(key), this.#walk(item, depth + 1)]),
    );
  }

  #matchAt(text: string, at: number): { length: number; replacement: string } | undefined {
    const byLength = this.#byPrefix.get(text.slice(at, at + MIN_SECRET_LENGTH));
    if (byLength === undefined) return undefined;
    for (const [length, values] of byLength) {
      const hidden = values.get(text.slice(at, at + length));
      if (hidden !== undefined) return { length, replacement: hidden.replacement };
    }
    return undefined;
  }

  #add(spelling: string, replacement: string): void {
    const prefix = spelling.slice(0, MIN_SECRET_LENGTH);
    const byLength = this.#byPrefix.get(prefix) ?? new Map<number, Map<string, Hidden>>();
    const values = byLength.get(spelling.length);
    const known = values?.get(spelling);
    // Two secrets may share a spelling; the first label stays, and the text is hidden either way.
    if (known !== undefined) {
      known.uses += 1;
      return;
    }
    if (values === undefined) byLength.set(spelling.length, new Map([[spelling, { replacement, uses: 1 }]]));
    else values.set(spelling, { replacement, uses: 1 });
    // Longest first, so that a value which begins with another one is replaced whole.
    if (values === undefined) this.#byPrefix.set(prefix, new Map([...byLength].sort(([x], [y]) => y - x)));
    this.#count(spelling, 1);
  }

  #remove(spelling: string): void {
    const prefix = spelling.slice(0, MIN_SECRET_LENGTH);
    const byLength = this.#byPrefix.get(prefix);
    const values = byLength?.get(spelling.length);
    const known = values?.get(spelling);
    if (byLength === undefined || values === undefined || known === undefined) return;
    known.uses -= 1;
    if (known.uses > 0) return;
    values.delete(spelling);
    if (values.size === 0) byLength.delete(spelling.length);
    if (byLength.size === 0) this.#byPrefix.delete(prefix);
    this.#count(spelling, -1);
  }

  #count(spelling: string, change: 1 | -1): void {
    const slot = fingerprint(spelling, 0);
    this.#filter[slot] = (this.#filter[slot] ?? 0) + change;
    this.#spellings += change;
  }

  #forgetOldest(): void {
    const oldest = this.#learned.keys().next();
    if (oldest.done === true) return;
    const known = this.#learned.get(oldest.value);
    if (known !== undefined) known.uses = 1;
    this.forget(oldest.value);
  }
}
