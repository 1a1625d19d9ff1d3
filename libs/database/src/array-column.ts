/** How PostgreSQL reads a value of a type without parsing it (`recv` of the type), and the number of the type (`pg_type.dat`). */
export interface ColumnType<T> {
  readonly oid: number;
  /** As many bytes as the value can need. */
  roomFor(value: T): number;
  /** Answers how many bytes it needed. */
  write(into: Buffer, at: number, value: T): number;
}

const FIRST_BYTES = 4 * 1_024;
/** Dimensions, whether there may be nulls, type, length, number of the first. */
const HEAD_BYTES = 20;
const LENGTH_BYTES = 4;
const NULL_LENGTH = -1;
const GROWTH = 2;

/**
 * One column of rows that are written later: each value is written down when its row comes, in the form in which the database
 * reads it, so that nothing is left to do for the batch and no object has to live until then. Many rows go in one statement
 * with a list for each column, behind `unnest($1::uuid[], …)`; the driver sends a Buffer in binary. For what is written a
 * thousand times a second; everything else is better off with JSON.
 */
export class ArrayColumn<T> {
  private bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  private end = 0;
  private rows = 0;

  constructor(private readonly type: ColumnType<T>) {}

  /** Throws what the type says of an improper value; nothing was added then. */
  add(value: T | null): void {
    const { type, end } = this;
    if (value === null) {
      this.makeRoom(LENGTH_BYTES);
      this.bytes.writeInt32BE(NULL_LENGTH, end);
      this.end = end + LENGTH_BYTES;
    } else {
      this.makeRoom(LENGTH_BYTES + type.roomFor(value));
      const length = type.write(this.bytes, end + LENGTH_BYTES, value);
      this.bytes.writeInt32BE(length, end);
      this.end = end + LENGTH_BYTES + length;
    }
    this.rows += 1;
  }

  /** Takes everything behind the first so many rows away, into a column of its own. */
  cut(rows: number): ArrayColumn<T> {
    const from = this.endOf(rows);
    const rest = new ArrayColumn(this.type);
    rest.bytes = this.bytes.subarray(from, this.end);
    rest.end = rest.bytes.length;
    rest.rows = this.rows - rows;
    this.bytes = this.bytes.subarray(0, from);
    this.end = from;
    this.rows = rows;
    return rest;
  }

  get count(): number {
    return this.rows;
  }

  /** What was written so far; for reading, and only until more is added. */
  get written(): Buffer {
    return this.bytes.subarray(0, this.end);
  }

  private makeRoom(bytes: number): void {
    const needed = this.end + bytes;
    if (needed <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * GROWTH));
    this.bytes.copy(grown, 0, 0, this.end);
    this.bytes = grown;
  }

  private endOf(rows: number): number {
    let at = 0;
    for (let row = 0; row < rows; row += 1) at += LENGTH_BYTES + Math.max(0, this.bytes.readInt32BE(at));
    return at;
  }
}

/** The rows of some columns, one behind the other, as one array of one dimension (`array_recv`). */
export function arrayOf<T>({ oid }: ColumnType<T>, columns: readonly ArrayColumn<T>[]): Buffer {
  const head = Buffer.allocUnsafe(HEAD_BYTES);
  head.writeInt32BE(1, 0);
  head.writeInt32BE(1, 4);
  head.writeInt32BE(oid, 8);
  head.writeInt32BE(
    columns.reduce((sum, { count }) => sum + count, 0),
    12,
  );
  head.writeInt32BE(1, 16);
  return Buffer.concat([head, ...columns.map(({ written }) => written)]);
}
