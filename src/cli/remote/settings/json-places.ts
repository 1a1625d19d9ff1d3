/** JSON as people write it, with comments and commas at the end: where each value stands, so that the rest can stay as it is. */
export type Place =
  | {
      readonly kind: 'object';
      readonly start: number;
      readonly end: number;
      readonly members: readonly Member[];
    }
  | { readonly kind: 'array'; readonly start: number; readonly end: number; readonly items: readonly Place[] }
  | { readonly kind: 'plain'; readonly start: number; readonly end: number };

export interface Member {
  readonly key: string;
  readonly value: Place;
}

export class NotJsonError extends Error {}

const DEPTH_MAX = 64;
const GAP = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
const PLAIN = /"(?:[^"\\\n]|\\.)*"|-?\d[\d.eE+-]*|true|false|null/y;

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  whole(): Place {
    const value = this.value(0);
    this.skip();
    if (this.at !== this.text.length) throw new NotJsonError();
    return value;
  }

  private value(depth: number): Place {
    if (depth > DEPTH_MAX) throw new NotJsonError();
    this.skip();
    const sign = this.text[this.at];
    if (sign === '{') return this.object(depth);
    if (sign === '[') return this.array(depth);
    const start = this.at;
    return { kind: 'plain', start, end: start + this.plain().length };
  }

  private object(depth: number): Place {
    const start = this.at;
    const members: Member[] = [];
    this.each('}', () => {
      const key = JSON.parse(this.plain()) as unknown;
      this.skip();
      if (typeof key !== 'string' || this.text[this.at] !== ':') throw new NotJsonError();
      this.at += 1;
      members.push({ key, value: this.value(depth + 1) });
    });
    return { kind: 'object', start, end: this.at, members };
  }

  private array(depth: number): Place {
    const start = this.at;
    const items: Place[] = [];
    this.each(']', () => items.push(this.value(depth + 1)));
    return { kind: 'array', start, end: this.at, items };
  }

  private each(close: string, take: () => void): void {
    this.at += 1;
    for (;;) {
      this.skip();
      if (this.text[this.at] === close) break;
      take();
      this.skip();
      if (this.text[this.at] === ',') this.at += 1;
      else if (this.text[this.at] !== close) throw new NotJsonError();
    }
    this.at += 1;
  }

  private plain(): string {
    PLAIN.lastIndex = this.at;
    const [found] = PLAIN.exec(this.text) ?? [];
    if (found === undefined) throw new NotJsonError();
    this.at += found.length;
    return found;
  }

  private skip(): void {
    GAP.lastIndex = this.at;
    this.at += GAP.exec(this.text)?.[0].length ?? 0;
  }
}

export const placesOf = (text: string): Place => new Reader(text).whole();

export function valueAt(text: string, place: Place): unknown {
  switch (place.kind) {
    case 'object':
      return Object.fromEntries(place.members.map(({ key, value }) => [key, valueAt(text, value)]));
    case 'array':
      return place.items.map((item) => valueAt(text, item));
    case 'plain':
      return JSON.parse(text.slice(place.start, place.end));
  }
}
