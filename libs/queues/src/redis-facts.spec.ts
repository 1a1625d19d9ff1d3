import { splitServerOptions } from './queue-backend';
import { factsOf } from './redis-facts';

describe('factsOf', () => {
  it('names the server and warns of one that forgets', () => {
    const facts = factsOf('# Server\r\nredis_version:7.0.15\r\nmaxmemory_policy:allkeys-lru\r\n');
    expect(facts.title).toBe('Redis 7.0.15');
    expect(facts.warnings).toEqual([expect.stringContaining('allkeys-lru')]);
  });

  it('is content with noeviction, and knows Valkey', () => {
    const info = 'redis_version:7.2.4\r\nvalkey_version:8.0.1\r\nmaxmemory_policy:noeviction\r\n';
    expect(factsOf(info)).toEqual({ title: 'Valkey 8.0.1', warnings: [] });
  });
});

describe('splitServerOptions', () => {
  it('takes the options out of the address, which would replace ours otherwise', () => {
    const { connectionString, options } = splitServerOptions(
      'postgres://u:p@h:1/d?options=-c%20a%3Db&sslmode=require',
    );
    expect(connectionString).toBe('postgres://u:p@h:1/d?sslmode=require');
    expect(options).toBe('-c a=b');
  });
});
