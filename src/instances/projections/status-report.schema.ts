import { INSTANCE_PHASES, type InstanceStatusReportedV1 } from '@app/contracts';
import { z } from 'zod';

/** More than any step opens; a report with more is not one of ours. */
const SECRETS_READ_MAX = 1_000;

/** Only what the projector relies on; the rest of a report is stored as it came. */
const schema = z.looseObject({
  v: z.literal(1),
  report_id: z.string().min(1).max(200),
  instance_id: z.uuid(),
  generation: z.int().min(1),
  sequence: z.int().min(0),
  phase: z.enum(INSTANCE_PHASES),
  reason: z.string(),
  at: z.iso.datetime({ offset: true }),
  attempt: z.int().min(0),
  containers: z.array(z.unknown()),
  secrets_read: z.array(z.object({ ref: z.string(), version: z.int() })).max(SECRETS_READ_MAX),
  secrets_failed: z.array(z.string()).max(SECRETS_READ_MAX).optional(),
});

/** More than a provisioner puts into one message. */
const REPORTS_MAX = 1_000;
const messageSchema = z.object({ v: z.literal(1), reports: z.array(z.unknown()).max(REPORTS_MAX) });

export interface ReadReports {
  readonly reports: readonly InstanceStatusReportedV1[];
  /** What is wrong with each that cannot be read. */
  readonly faults: readonly string[];
}

/** One report, or several that were told together. */
export function parseStatusReports(data: unknown): ReadReports {
  const message = messageSchema.safeParse(data);
  const results = (message.success ? message.data.reports : [data]).map((each) => schema.safeParse(each));
  return {
    reports: results.flatMap((each) =>
      each.success ? [each.data as unknown as InstanceStatusReportedV1] : [],
    ),
    faults: results.flatMap((each) => (each.success ? [] : [each.error.message])),
  };
}
