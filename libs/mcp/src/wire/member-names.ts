import { type JsonCursor } from './json-cursor';

/** No member that anything depends on. */
const UNKNOWN = -1;

/** Which of a few members a name is; negative answers are no exact match. */
export class MemberNames<Name extends string> {
  private readonly folded: readonly string[];
  private readonly lengths: ReadonlySet<number>;

  constructor(readonly names: readonly Name[]) {
    this.folded = names.map(fold);
    this.lengths = new Set(names.map(({ length }) => length));
  }

  /** The member that the string passed last names exactly. */
  exact(cursor: JsonCursor): Name | undefined {
    for (const name of this.names) if (cursor.isText(name)) return name;
    return undefined;
  }

  /**
   * The member that some reader may take the string passed last for: by escapes that spell it, by capital letters, or by
   * letters that fold to those of the name.
   */
  variant(cursor: JsonCursor): Name | undefined {
    // Plain names of another length are none, and those are nearly all names there are.
    if (cursor.isPlain && !this.lengths.has(cursor.stringEnd - cursor.stringStart)) return undefined;
    const index = this.folded.indexOf(fold(cursor.text()));
    return index === UNKNOWN ? undefined : this.names[index];
  }
}

/** Both ways, because some letters have a capital in common and no small one. */
const fold = (text: string): string => text.toUpperCase().toLowerCase();
