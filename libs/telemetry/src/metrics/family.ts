import { labelPairs } from './text-format';

/** Series of one name. What comes beyond is counted in a cell that nobody prints: a scrape stays small whatever happens. */
const SERIES_MAX = 5_000;

export interface FamilyInfo {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
}

export interface CellKind<Cell> {
  make(): Cell;
  /** The lines of one series, without a newline at the end. */
  print(name: string, pairs: string, cell: Cell): string;
}

interface Series<Cell> {
  readonly values: readonly string[];
  readonly pairs: string;
  readonly cell: Cell;
}

class Branch<Cell> {
  readonly next = new Map<string, Branch<Cell>>();
  series: Series<Cell> | undefined;
}

/** All series of one name; a series is found by its label values in the order of the labels. */
export class Family<Cell> {
  private root = new Branch<Cell>();
  private all = new Set<Series<Cell>>();
  private readonly overflow: Cell;

  constructor(
    readonly info: FamilyInfo,
    private readonly kind: CellKind<Cell>,
  ) {
    this.overflow = kind.make();
    // A name without labels is there from the start: a counter that appears with its first event hides that event.
    if (info.labels.length === 0) this.of();
  }

  get size(): number {
    return this.all.size;
  }

  of(...values: readonly string[]): Cell {
    let branch = this.root;
    for (const value of values) {
      const next = branch.next.get(value);
      if (next === undefined) return this.grow(values);
      branch = next;
    }
    return branch.series?.cell ?? this.grow(values);
  }

  /** Forgets the series that carry this value: what they told of is gone. */
  forget(label: string, value: string): void {
    const at = this.info.labels.indexOf(label);
    const kept = [...this.all].filter(({ values }) => values[at] !== value);
    if (at === -1 || kept.length === this.all.size) return;
    this.root = new Branch();
    this.all = new Set();
    for (const series of kept) this.put(series);
  }

  /** For values that are read at a scrape: what is not said again is gone. */
  clear(): void {
    this.root = new Branch();
    this.all = new Set();
  }

  text(): string {
    const { name, help, type } = this.info;
    const lines = [...this.all].map(({ pairs, cell }) => this.kind.print(name, pairs, cell));
    return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines].join('\n');
  }

  private grow(values: readonly string[]): Cell {
    const { labels, name } = this.info;
    if (values.length !== labels.length) throw new Error(`${name} has ${labels.length} labels`);
    if (this.all.size >= SERIES_MAX) return this.overflow;
    const series = { values: [...values], pairs: labelPairs(labels, values), cell: this.kind.make() };
    this.put(series);
    return series.cell;
  }

  private put(series: Series<Cell>): void {
    let branch = this.root;
    for (const value of series.values) {
      const next = branch.next.get(value) ?? new Branch<Cell>();
      branch.next.set(value, next);
      branch = next;
    }
    branch.series = series;
    this.all.add(series);
  }
}
