import { type Database } from '@app/database';
import { type AuditRecord, type AuditTrail } from '../../audit';
import { type SecretReader, type SecretVault } from '../../secrets';
import { SigningSecrets } from './signing-secrets';

const SCOPE = '10000000-0000-4000-8000-000000000003';
const WORKSPACE = '10000000-0000-4000-8000-000000000002';

it('notes that the secret of a webhook could not be read, once in a while', async () => {
  const rows: AuditRecord[] = [];
  const db = { query: () => Promise.resolve([{ version: 1, previous: null }]) } as unknown as Database;
  const reader: Pick<SecretReader, 'readFor'> = { readFor: () => Promise.reject(new Error('away')) };
  const audit: Pick<AuditTrail, 'record'> = { record: (row) => void rows.push(row) };
  const signing = new SigningSecrets(db, {} as SecretVault, reader as SecretReader, audit as AuditTrail);

  for (let deliveries = 0; deliveries < 3; deliveries += 1)
    await expect(signing.of(SCOPE, WORKSPACE)).rejects.toThrow('away');
  expect(rows).toEqual([
    {
      ...{ action: 'secret.read', resourceType: 'secrets', resourceId: `${SCOPE}:WEBHOOK_SECRET` },
      ...{ outcome: 'failed', detail: { used_for: 'webhook' }, workspaceId: WORKSPACE },
    },
  ]);
});
