import { type JsonValue } from '@app/kernel';
import { type StageError } from './run-state';

/** Of a run's input, of a stage's input, of what a stage gives. */
export const DOCUMENT_MAX_BYTES = 256 * 1_024;

export const bytesOf = (value: JsonValue): number => Buffer.byteLength(JSON.stringify(value));

export const tooLarge = (what: 'input' | 'output', bytes: number): StageError => ({
  code: `${what}_too_large`,
  message: `The ${what} has ${String(bytes)} bytes; at most ${String(DOCUMENT_MAX_BYTES)} are kept. Hand over a reference to the data instead.`,
});
