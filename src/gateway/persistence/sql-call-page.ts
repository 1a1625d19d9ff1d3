import {
  ArrayColumn,
  arrayOf,
  type ColumnType,
  FLOAT4,
  INT4,
  storableJson,
  TEXT,
  TIMESTAMPTZ,
  UUID,
} from '@app/database';
import { type CallPage, type StoredCall } from '../records/call-store';
import { SharedParts } from './shared-parts';

const US_PER_MS = 1_000;

/** The columns that each call has for itself. */
class OwnColumns {
  at = new ArrayColumn(TIMESTAMPTZ);
  id = new ArrayColumn(UUID);
  requestId = new ArrayColumn(TEXT);
  traceId = new ArrayColumn(TEXT);
  durationMs = new ArrayColumn(FLOAT4);
  upstreamMs = new ArrayColumn(FLOAT4);
  argumentShape = new ArrayColumn(TEXT);

  /** Takes all but the first so many rows away, into columns of their own. */
  cut(rows: number): OwnColumns {
    const rest = new OwnColumns();
    rest.at = this.at.cut(rows);
    rest.id = this.id.cut(rows);
    rest.requestId = this.requestId.cut(rows);
    rest.traceId = this.traceId.cut(rows);
    rest.durationMs = this.durationMs.cut(rows);
    rest.upstreamMs = this.upstreamMs.cut(rows);
    rest.argumentShape = this.argumentShape.cut(rows);
    return rest;
  }
}

/** Calls as the database reads them: a list for each column, and what calls have in common once. */
export class SqlCallPage implements CallPage {
  constructor(
    private readonly own = new OwnColumns(),
    private readonly shared = new SharedParts(),
    /** Of each call, where its part stands in `shared`. */
    private readonly places: number[] = [],
  ) {}

  get count(): number {
    return this.places.length;
  }

  add(call: StoredCall): void {
    const { own } = this;
    const { durationMs, upstreamMs, argumentShape } = call.record;
    // The only one that an improper value can stop: it comes before anything else was added.
    own.id.add(call.id);
    own.at.add(call.at.getTime());
    own.requestId.add(call.requestId);
    own.traceId.add(call.traceId);
    own.durationMs.add(measured(durationMs));
    own.upstreamMs.add(upstreamMs === undefined ? null : measured(upstreamMs));
    own.argumentShape.add(argumentShape === undefined ? null : storableJson(argumentShape));
    this.places.push(this.shared.placeOf(call));
  }

  halves(): SqlCallPage[] {
    const { own, shared, places, count } = this;
    if (count < 2) return [];
    const half = Math.ceil(count / 2);
    const rest = own.cut(half);
    return [
      new SqlCallPage(own, shared, places.slice(0, half)),
      new SqlCallPage(rest, shared, places.slice(half)),
    ];
  }

  /** The parameters of one statement for the calls of these pages: what they have in common, then a list for each column. */
  static parametersOf(pages: readonly SqlCallPage[]): unknown[] {
    const parts: (readonly unknown[])[] = [];
    const places = new ArrayColumn(INT4);
    for (const page of pages) {
      for (const place of page.places) places.add(parts.length + place);
      parts.push(...page.shared.all);
    }
    const listOf = <T>(type: ColumnType<T>, of: (own: OwnColumns) => ArrayColumn<T>): Buffer =>
      arrayOf(
        type,
        pages.map(({ own }) => of(own)),
      );
    return [
      storableJson(parts),
      arrayOf(INT4, [places]),
      listOf(TIMESTAMPTZ, ({ at }) => at),
      listOf(UUID, ({ id }) => id),
      listOf(TEXT, ({ requestId }) => requestId),
      listOf(TEXT, ({ traceId }) => traceId),
      listOf(FLOAT4, ({ durationMs }) => durationMs),
      listOf(FLOAT4, ({ upstreamMs }) => upstreamMs),
      listOf(TEXT, ({ argumentShape }) => argumentShape),
    ];
  }
}

/** More digits than were measured would say more than is known. */
const measured = (ms: number): number => Math.round(ms * US_PER_MS) / US_PER_MS;
