import { randomBytes } from 'node:crypto';

/** Version 00 of W3C Trace Context; the all-zero ids are the standard's words for "none". */
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;
const NO_TRACE_ID = '0'.repeat(32);
const SAMPLED = '01';
const NOT_SAMPLED = '00';
/** The last digit of the flags; its lowest bit says that whoever began the trace keeps its spans. */
const LAST_FLAG = 54;
const ODD_DIGIT: ReadonlySet<string> = new Set('13579bdf');

/** Every call needs some: asking the system for each would be a good part of what a relayed call costs. */
const POOL_BYTES = 4_096;
let pool = '';
let used = 0;

function randomHex(bytes: number): string {
  const digits = bytes * 2;
  if (used + digits > pool.length) {
    pool = randomBytes(POOL_BYTES).toString('hex');
    used = 0;
  }
  used += digits;
  return pool.slice(used - digits, used);
}

const newSpanId = (): string => randomHex(8);

export const isTraceparent = (text: string): boolean => TRACEPARENT.test(text);

export type RootSampler = (traceId: string) => boolean;

let keepsRoot: RootSampler = () => true;

/** Which of the traces that begin here are kept; of all others their beginners decide. */
export function sampleRoots(sampler: RootSampler): void {
  keepsRoot = sampler;
}

export function newTraceparent(): string {
  const traceId = randomHex(16);
  return `00-${traceId}-${newSpanId()}-${keepsRoot(traceId) ? SAMPLED : NOT_SAMPLED}`;
}

/** A trace that nobody keeps: of what the clock does again and again. */
export const unsampledTraceparent = (): string => `00-${randomHex(16)}-${newSpanId()}-${NOT_SAMPLED}`;

/** Of one that is proper: ours are, and what callers send has been made ours. */
export const isSampled = (traceparent: string): boolean => ODD_DIGIT.has(traceparent.charAt(LAST_FLAG));

/** The same trace, a new span. What is not a traceparent starts a trace of its own: callers send anything. */
export function childTraceparent(parent: string | undefined): string {
  const match = parent === undefined ? null : TRACEPARENT.exec(parent);
  if (match === null) return newTraceparent();
  return `00-${match[1] ?? NO_TRACE_ID}-${newSpanId()}-${match[3] ?? SAMPLED}`;
}

/** Never throws, because it is asked while errors are being answered: a malformed value gives the all-zero id. */
export const traceIdOf = (traceparent: string): string => TRACEPARENT.exec(traceparent)?.[1] ?? NO_TRACE_ID;
