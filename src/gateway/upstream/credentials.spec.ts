import { type UrlSpec } from '@app/contracts';
import { AuditTrail, type AuditRecord } from '../../audit';
import { SecretReader, type SecretValue } from '../../secrets';
import { UpstreamCredentials } from './credentials';

const REF = 'secret_ref:shared:TOKEN';
const SPEC = { headers: [{ key: 'X-Token', value: REF }] } as unknown as UrlSpec;

function credentialsOf(read: () => Promise<Map<string, SecretValue>>) {
  const records: AuditRecord[] = [];
  const reader = Object.assign(Object.create(SecretReader.prototype) as SecretReader, { read });
  const trail = Object.assign(Object.create(AuditTrail.prototype) as AuditTrail, {
    record: (one: AuditRecord) => records.push(one),
  });
  return { records, credentials: new UpstreamCredentials(reader, trail) };
}

describe('the credentials of a remote server', () => {
  it('are noted in the trail once a minute, without their value', async () => {
    const values = new Map([[REF, { value: 'not for the trail', version: 3 }]]);
    const { records, credentials } = credentialsOf(() => Promise.resolve(values));
    for (let call = 0; call < 3; call += 1)
      expect(await credentials.headers('i-1', SPEC)).toEqual({ 'x-token': 'not for the trail' });
    expect(records).toEqual([
      expect.objectContaining({
        ...{ action: 'secret.read', resourceId: 'shared:TOKEN', outcome: 'succeeded' },
        detail: { version: 3, instance_id: 'i-1' },
      }),
    ]);
  });

  it('that cannot be read are noted as that', async () => {
    const { records, credentials } = credentialsOf(() => Promise.reject(new Error('gone')));
    for (let call = 0; call < 3; call += 1)
      await expect(credentials.headers('i-1', SPEC)).rejects.toThrow('gone');
    expect(records).toEqual([
      expect.objectContaining({
        ...{ action: 'secret.read', resourceId: 'shared:TOKEN', outcome: 'failed' },
        detail: { instance_id: 'i-1' },
      }),
    ]);
  });
});
