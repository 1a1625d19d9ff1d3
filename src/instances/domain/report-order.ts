/** Where a report stands among all reports of an instance. */
export interface ReportPosition {
  readonly generation: number;
  readonly sequence: number;
}

/**
 * Whether a report tells something newer than what is stored. The projector's SQL compares in the same way; this is
 * the rule in words that a test can run a million times.
 */
export const isNewer = (stored: ReportPosition | undefined, report: ReportPosition): boolean =>
  stored === undefined ||
  report.generation > stored.generation ||
  (report.generation === stored.generation && report.sequence > stored.sequence);
