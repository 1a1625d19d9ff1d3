/** As many as take turns: with more, what never comes again would be compared with more. */
const KEPT = 3;

interface Entry<Reading> {
  readonly text: string;
  readonly reading: Reading;
}

/**
 * What was read from the texts that came last. Where the same few come again and again, like heads on a connection, each is
 * read once. A reading is shared by all who ask for it: nobody may change it.
 */
export class RecentReadings<Reading> {
  /** The one that was asked for last comes first. */
  private readonly entries: Entry<Reading>[] = [];

  constructor(private readonly read: (text: string) => Reading) {}

  of(text: string): Reading {
    const { entries } = this;
    const at = entries.findIndex((entry) => entry.text === text);
    const entry = entries[at] ?? { text, reading: this.read(text) };
    if (at !== 0) {
      if (at !== -1) entries.splice(at, 1);
      else if (entries.length === KEPT) entries.pop();
      entries.unshift(entry);
    }
    return entry.reading;
  }
}
