import { InstanceMemory } from '../runner/instance-memory';
import { InstanceSecrets } from './instance-secrets';

const KEY = 'secret_ref:shared:KEY';
const ENVIRONMENT = { KEY, PLAIN: 'text' };

describe('the secrets of an instance', () => {
  const broken = new InstanceSecrets({ read: () => Promise.reject(new Error('away')) });
  const whole = new InstanceSecrets({
    read: () => Promise.resolve(new Map([[KEY, { value: 'v', version: 3 }]])),
  });

  it('are told when they cannot be read, once until that changes', async () => {
    const memory = new InstanceMemory();
    for (let tries = 0; tries < 3; tries += 1)
      await expect(broken.environmentOf('i-1', ENVIRONMENT, memory)).rejects.toThrow('away');
    expect(memory.secretsFailed).toEqual([KEY]);
    expect(memory.hasSecretNews).toBe(true);

    await whole.environmentOf('i-1', ENVIRONMENT, memory);
    expect(memory.secretsRead).toEqual([{ ref: KEY, version: 3 }]);
    await expect(broken.environmentOf('i-1', ENVIRONMENT, memory)).rejects.toThrow('away');
    expect(memory.secretsFailed).toEqual([KEY, KEY]);
  });
});
