import { type InstanceStatusReportedV1 } from '@app/contracts';
import { type Inbox } from '@app/queues';
import { type AuditRecord, type AuditTrail } from '../../audit';
import { SecretReads } from './secret-reads';

const ID = '10000000-0000-4000-8000-000000000001';
const WORKSPACE = '10000000-0000-4000-8000-000000000002';

function reads() {
  const seen = new Set<string>();
  const rows: AuditRecord[] = [];
  const inbox: Pick<Inbox, 'once'> = {
    once: (_consumer, id) => {
      const isFirst = !seen.has(id);
      seen.add(id);
      return Promise.resolve(isFirst);
    },
  };
  const audit: Pick<AuditTrail, 'record'> = { record: (row) => void rows.push(row) };
  return { rows, reads: new SecretReads(inbox as Inbox, audit as AuditTrail) };
}

const told = (more: Partial<InstanceStatusReportedV1>): InstanceStatusReportedV1 =>
  ({ report_id: 'r-1', instance_id: ID, secrets_read: [], ...more }) as InstanceStatusReportedV1;

describe('reads of secrets that the provisioner tells of', () => {
  it('are facts when something was opened', async () => {
    const { reads: told1, rows } = reads();
    const events = await told1.of(told({ secrets_read: [{ ref: 'secret_ref:shared:KEY', version: 2 }] }));
    expect(events).toMatchObject([{ name: 'secret.read', data: { version: 2, instance_id: ID } }]);
    expect(rows).toEqual([]);
  });

  it('leave a row when nothing could be opened, once however often the report comes', async () => {
    const { reads: failing, rows } = reads();
    const report = told({ secrets_failed: ['secret_ref:shared:KEY'] });
    expect(await failing.of(report, WORKSPACE)).toEqual([]);
    await failing.of(report, WORKSPACE);
    expect(rows).toEqual([
      {
        ...{ action: 'secret.read', resourceType: 'secrets', resourceId: 'shared:KEY' },
        ...{ outcome: 'failed', detail: { instance_id: ID }, workspaceId: WORKSPACE },
      },
    ]);
  });

  it('are nothing where no secret was needed', async () => {
    const { reads: none, rows } = reads();
    expect(await none.of(told({}))).toEqual([]);
    expect(rows).toEqual([]);
  });
});
