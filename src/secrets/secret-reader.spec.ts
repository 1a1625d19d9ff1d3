import { DatabaseUnavailableError } from '@app/database';
import { type PubSub } from '@app/queues';
import { Scrubber } from '@app/telemetry';
import { SecretUnreadableError } from './domain/secret.errors';
import { type SecretValue } from './domain/secret-provider';
import { InstanceWorkspaces } from './instance-workspaces';
import { SecretProviders } from './secret-providers';
import { SecretReader } from './secret-reader';
import { SecretsOptions } from './secrets.options';

const REF = 'secret_ref:shared:TOKEN';
const AWAY = new SecretUnreadableError('TOKEN', 'the secret store', new DatabaseUnavailableError());
const GONE = new SecretUnreadableError('TOKEN', 'the secret store');

class Store {
  fault: Error | undefined;
  value = 'value-one';
  readonly values = new Map<string, string>();
  notify: (address: string) => void = () => undefined;
  reconnected: () => void = () => undefined;

  private valueIn(workspaceId: string): SecretValue {
    return { value: this.values.get(workspaceId) ?? this.value, version: 1 };
  }

  /** Each read asks again, as when the time of every value is over. */
  async reader(cacheTtlMs = 0): Promise<SecretReader> {
    const read = (texts: readonly string[], workspaceId: string): Promise<Map<string, SecretValue>> =>
      this.fault === undefined
        ? Promise.resolve(new Map(texts.map((text) => [text, this.valueIn(workspaceId)])))
        : Promise.reject(this.fault);
    const providers = Object.assign(Object.create(SecretProviders.prototype) as SecretProviders, { read });
    const pubsub = {
      onReconnect: (listener: () => void) => {
        this.reconnected = listener;
      },
      subscribe: (_channel: string, listener: (address: string) => void) => {
        this.notify = listener;
        return Promise.resolve(() => Promise.resolve());
      },
    } as unknown as PubSub;
    const workspaces = Object.assign(Object.create(InstanceWorkspaces.prototype) as InstanceWorkspaces, {
      of: (instanceId: string) => Promise.resolve(`workspace of ${instanceId}`),
    });
    const reader = new SecretReader(
      providers,
      workspaces,
      new SecretsOptions({}, new Set(), cacheTtlMs),
      new Scrubber(),
      pubsub,
    );
    await reader.onApplicationBootstrap();
    return reader;
  }
}

describe('the reader of secrets', () => {
  const valueOf = async (reader: SecretReader) => (await reader.read([REF], 'i-1')).get(REF)?.value;

  it('goes on with what it knows while the store is away', async () => {
    const store = new Store();
    const reader = await store.reader();
    expect(await valueOf(reader)).toBe('value-one');
    store.fault = AWAY;
    expect(await valueOf(reader)).toBe('value-one');
    store.fault = undefined;
    store.value = 'value-two';
    expect(await valueOf(reader)).toBe('value-two');
    await reader.onApplicationShutdown();
  });

  it('believes what it knows when the line of notices comes back before the store', async () => {
    const store = new Store();
    const reader = await store.reader();
    await valueOf(reader);
    store.fault = AWAY;
    store.reconnected();
    expect(await valueOf(reader)).toBe('value-one');
    store.fault = undefined;
    store.value = 'value-two';
    expect(await valueOf(reader)).toBe('value-two');
    await reader.onApplicationShutdown();
  });

  it('ends believing after the longest outage', async () => {
    const store = new Store();
    const reader = await store.reader();
    await valueOf(reader);
    store.fault = AWAY;
    const clock = jest.spyOn(performance, 'now');
    const startedAtMs = performance.now();
    try {
      clock.mockReturnValue(startedAtMs);
      expect(await valueOf(reader)).toBe('value-one');
      clock.mockReturnValue(startedAtMs + 14 * 60_000);
      expect(await valueOf(reader)).toBe('value-one');
      clock.mockReturnValue(startedAtMs + 16 * 60_000);
      await expect(valueOf(reader)).rejects.toThrow('cannot read secret');
    } finally {
      clock.mockRestore();
      await reader.onApplicationShutdown();
    }
  });

  it('forgets at once what was changed, and what the store says it has no more', async () => {
    const store = new Store();
    const reader = await store.reader();
    await valueOf(reader);
    store.fault = GONE;
    await expect(valueOf(reader)).rejects.toThrow('cannot read secret');
    store.fault = AWAY;
    store.notify('shared:TOKEN');
    await expect(valueOf(reader)).rejects.toThrow('cannot read secret');
    await reader.onApplicationShutdown();
  });

  it('gives each workspace its own, and keeps them apart', async () => {
    const store = new Store();
    store.values.set('workspace of i-2', 'of another workspace');
    const reader = await store.reader(60_000);
    expect(await valueOf(reader)).toBe('value-one');
    expect((await reader.read([REF], 'i-2')).get(REF)?.value).toBe('of another workspace');
    expect(await valueOf(reader)).toBe('value-one');
    await reader.onApplicationShutdown();
  });
});
