import { collectDefaultMetrics, Registry } from 'prom-client';
import { Counter, Gauge, Histogram } from './cells';
import { type CellKind, Family, type FamilyInfo } from './family';
import { printHistogram, printNumber } from './text-format';

/** Ours are told from everybody else's by this; names that a convention fixes are given whole. */
const PREFIX = 'quayside_';

/** Gauges of prom-client that are called like counters; each is the sum of the one without the ending. */
const MISNAMED = ['handles', 'requests', 'resources'].map((what) => `nodejs_active_${what}_total`);

interface MetricOptions {
  readonly labels?: readonly string[];
  /** The name is one of a convention and stays as it is. */
  readonly isConvention?: boolean;
}

/**
 * The metrics of one process. Everybody who counts asks for a family once and keeps the series; the text is made at a scrape.
 * prom-client gives what it knows of the process and the runtime.
 */
export class Metrics {
  private readonly families = new Map<string, { text(): string }>();
  private readonly collectors: (() => void)[] = [];
  private readonly process = new Registry();
  private isProcessWatched = false;

  static readonly CONTENT_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

  counter(name: string, help: string, options: MetricOptions = {}): Family<Counter> {
    return this.add<Counter>(infoOf({ name, help, type: 'counter' }, options), {
      make: () => new Counter(),
      print: printNumber,
    });
  }

  gauge(name: string, help: string, options: MetricOptions = {}): Family<Gauge> {
    return this.add<Gauge>(infoOf({ name, help, type: 'gauge' }, options), {
      make: () => new Gauge(),
      print: printNumber,
    });
  }

  histogram(
    name: string,
    help: string,
    { bounds, ...options }: MetricOptions & { readonly bounds: readonly number[] },
  ): Family<Histogram> {
    return this.add(infoOf({ name, help, type: 'histogram' }, options), {
      make: () => new Histogram(bounds),
      print: printHistogram(bounds),
    });
  }

  /** Runs before each scrape; sets gauges from what is in memory, and asks nobody. */
  onScrape(collect: () => void): void {
    this.collectors.push(collect);
  }

  /** Event loop and heap are watched from the first scrape on: whoever scrapes nothing pays nothing. */
  async scrape(): Promise<string> {
    if (!this.isProcessWatched) this.watchProcess();
    for (const collect of this.collectors) collect();
    const own = [...this.families.values()].map((family) => family.text());
    return `${own.join('\n')}\n${await this.process.metrics()}`;
  }

  private watchProcess(): void {
    collectDefaultMetrics({ register: this.process });
    for (const name of MISNAMED) this.process.removeSingleMetric(name);
    this.isProcessWatched = true;
  }

  /** Asked for twice, a name is the same family: several parts may feed it. */
  private add<Cell>(info: FamilyInfo, kind: CellKind<Cell>): Family<Cell> {
    const known = this.families.get(info.name);
    if (known instanceof Family && known.info.type === info.type) return known as Family<Cell>;
    if (known !== undefined) throw new Error(`${info.name} is another type of metric already`);
    const family = new Family(info, kind);
    this.families.set(info.name, family);
    return family;
  }
}

const infoOf = (
  about: Pick<FamilyInfo, 'name' | 'help' | 'type'>,
  { labels = [], isConvention = false }: MetricOptions,
): FamilyInfo => ({ ...about, labels, name: isConvention ? about.name : `${PREFIX}${about.name}` });
