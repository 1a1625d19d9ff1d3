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
});

/** Throws when the message is no report of a version that is understood here. */
export const parseStatusReport = (data: unknown): InstanceStatusReportedV1 =>
  schema.parse(data) as unknown as InstanceStatusReportedV1;
