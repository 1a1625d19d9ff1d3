import { parseAddress } from './addresses';
import { EgressPolicy, InvalidEgressEntryError } from './policy';
import { EgressRules, targetOf } from './rules';
import { checkUrlWhenSaved } from './saved-url';

const CLOSED = new EgressPolicy();
const LOCAL = new EgressPolicy({ localMode: true, deny: ['127.0.0.1:8080', '127.0.0.1:54321'] });

const judgeUrl = (policy: EgressPolicy, url: string, isFirstHop = true) =>
  new EgressRules(policy).judgeUrl(new URL(url), isFirstHop);

const judgeAddress = (policy: EgressPolicy, url: string, address: string) => {
  const parsed = parseAddress(address);
  return parsed === undefined
    ? 'unparsed'
    : new EgressRules(policy).judgeAddress(targetOf(new URL(url)), parsed);
};

/** Every spelling that a URL parser or a resolver may turn into an address inside. */
const INTERNAL = [
  'https://127.0.0.1/',
  'https://127.1/',
  'https://127.255.255.254/',
  'https://2130706433/',
  'https://0x7f000001/',
  'https://0x7f.1/',
  'https://0177.0.0.1/',
  'https://017700000001/',
  'https://127.0.0.1./',
  'https://%31%32%37.0.0.1/',
  'https://１２７.0.0.1/',
  'https://127。0。0。1/',
  'https://0/',
  'https://0.0.0.0/',
  'https://10.0.0.1/',
  'https://10.1/',
  'https://172.16.0.1/',
  'https://172.31.255.255/',
  'https://192.168.1.1/',
  'https://0xc0a80101/',
  'https://100.64.0.1/',
  'https://169.254.169.254/',
  'https://2852039166/',
  'https://198.18.0.1/',
  'https://192.0.0.192/',
  'https://192.0.2.1/',
  'https://224.0.0.1/',
  'https://240.0.0.1/',
  'https://255.255.255.255/',
  'https://168.63.129.16/',
  'https://100.100.100.200/',
  'https://[::]/',
  'https://[::1]/',
  'https://[0:0:0:0:0:0:0:1]/',
  'https://[::127.0.0.1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/',
  'https://[::ffff:10.0.0.1]/',
  'https://[::ffff:0:127.0.0.1]/',
  'https://[64:ff9b::127.0.0.1]/',
  'https://[64:ff9b::a9fe:a9fe]/',
  'https://[64:ff9b:1::1]/',
  'https://[2002:7f00:1::]/',
  'https://[2002:a00:1::]/',
  'https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/',
  'https://[2001:db8::1]/',
  'https://[3fff::1]/',
  'https://[fc00::1]/',
  'https://[fd00:ec2::254]/',
  'https://[fe80::1]/',
  'https://[fec0::1]/',
  'https://[ff02::1]/',
  'https://[100::1]/',
  'https://[5f00::1]/',
  'https://[4000::1]/',
  'https://localhost/',
  'https://LOCALHOST/',
  'https://localhost./',
  'https://api.localhost/',
] as const;

describe('an address inside', () => {
  it.each(INTERNAL)('%s is refused before anything is looked up', (url) => {
    expect(judgeUrl(CLOSED, url)).toBeDefined();
    expect(checkUrlWhenSaved(url, CLOSED)).toMatchObject({ pointer: '/url' });
  });

  it.each(['127.0.0.1', '10.2.3.4', '169.254.169.254', '::1', '::ffff:192.168.0.1', 'fd12::1', '0.0.0.0'])(
    'is refused when a name resolves to %s',
    (address) => {
      expect(judgeAddress(CLOSED, 'https://public.example/', address)).toBeDefined();
    },
  );
});

describe('a public address', () => {
  it.each([
    'https://example.com/mcp',
    'https://93.184.216.34/',
    'https://[2606:2800:220:1::1]/',
    'https://a:8443/',
  ])('%s passes', (url) => {
    expect(judgeUrl(CLOSED, url)).toBeUndefined();
    expect(checkUrlWhenSaved(url, CLOSED)).toBeUndefined();
  });

  it('needs TLS', () => {
    expect(judgeUrl(CLOSED, 'http://93.184.216.34/')).toBe('plain http');
    expect(judgeAddress(CLOSED, 'http://example.com/', '93.184.216.34')).toBe('plain http');
    expect(judgeAddress(CLOSED, 'https://example.com/', '93.184.216.34')).toBeUndefined();
  });
});

describe('a URL', () => {
  it.each([
    ['ftp://example.com/', 'scheme'],
    ['javascript:alert(1)', 'scheme'],
    ['file:///etc/passwd', 'scheme'],
    ['https://user@example.com/', 'user name or password in the address'],
    ['https://u:p@example.com/', 'user name or password in the address'],
    ['https://example.com:22/', 'denied port'],
    ['https://example.com:2375/', 'denied port'],
    ['https://example.com:5432/', 'denied port'],
    ['https://example.com:6379/', 'denied port'],
    ['https://example.com:0/', 'denied port'],
  ] as const)('%s is refused: %s', (url, reason) => {
    expect(judgeUrl(CLOSED, url)).toBe(reason);
  });

  it.each([
    '',
    'example.com',
    'https://',
    'https://exa mple.com/',
    'https://a\r\nb/',
    'https://a\\@b/',
    `https://${'a'.repeat(2_100)}`,
  ])('"%s" cannot be saved', (url) => {
    expect(checkUrlWhenSaved(url, CLOSED, '/json_spec/endpoint')).toMatchObject({
      pointer: '/json_spec/endpoint',
      code: 'url',
    });
  });

  it.each(['http://agent:8080/task', 'ws://agent/x', 'wss://example.com/', 'http://93.184.216.34/'])(
    '%s is saved, and judged when it is used',
    (url) => {
      expect(checkUrlWhenSaved(url, CLOSED)).toBeUndefined();
    },
  );
});

describe('local mode', () => {
  it.each(['http://localhost:3333/mcp', 'http://127.0.0.1:3333/mcp'])('opens %s as it is written', (url) => {
    expect(checkUrlWhenSaved(url, LOCAL)).toBeUndefined();
    expect(judgeUrl(LOCAL, url)).toBeUndefined();
    expect(judgeAddress(LOCAL, url, '127.0.0.1')).toBeUndefined();
  });

  it.each([
    'http://2130706433:3333/',
    'http://0x7f.1:3333/',
    'http://127.1:3333/',
    'http://127.0.0.2:3333/',
    'http://[::1]:3333/',
    'http://0.0.0.0:3333/',
    'http://10.0.0.1:3333/',
    'http://app.localhost:3333/',
    'http://localhost:8080/',
    'http://127.0.0.1:54321/',
    'http://localhost:5432/',
    'http://localhost:6379/',
  ])('does not open %s', (url) => {
    const saved = checkUrlWhenSaved(url, LOCAL);
    // What the text alone does not tell is told by the address.
    expect(saved ?? judgeAddress(LOCAL, url, '127.0.0.1')).toBeDefined();
  });

  it('opens nothing to a redirect or to a name', () => {
    expect(judgeUrl(LOCAL, 'http://localhost:3333/', false)).toBe('loopback address');
    expect(judgeUrl(LOCAL, 'http://127.0.0.1:3333/', false)).toBe('loopback address');
    expect(judgeAddress(LOCAL, 'http://evil.example:3333/', '127.0.0.1')).toBe('loopback address');
    expect(judgeAddress(LOCAL, 'http://localhost:3333/', '10.0.0.1')).toBe('private address');
  });
});

describe('EGRESS_ALLOW', () => {
  const policy = new EgressPolicy({
    allow: [
      'agent:8080',
      '10.1.0.0/16:443',
      '[fd00::/8]:443',
      'localhost:3333',
      '169.254.0.0/16:80',
      '127.0.0.0/8:9000',
    ],
    deny: ['127.0.0.1:9000', 'database.internal:7000'],
  });

  it.each([
    ['http://agent:8080/task', '10.9.9.9', undefined],
    ['http://agent:8081/task', '10.9.9.9', 'private address'],
    ['http://other:8080/task', '10.9.9.9', 'private address'],
    ['https://any.example/', '10.1.2.3', undefined],
    ['https://any.example/', '10.2.2.3', 'private address'],
    ['https://any.example/', 'fd12::1', undefined],
    ['http://localhost:3333/mcp', '127.0.0.1', undefined],
    ['http://localhost:3334/mcp', '127.0.0.1', 'loopback address'],
  ] as const)('%s at %s: %s', (url, address, verdict) => {
    expect(judgeAddress(policy, url, address)).toBe(verdict);
  });

  it('never opens metadata, our own listeners or the denied ports', () => {
    expect(judgeAddress(policy, 'http://meta.example/', '169.254.169.254')).toBe('metadata address');
    expect(judgeAddress(policy, 'http://any.example:9000/', '127.0.0.1')).toBe('one of our own listeners');
    expect(judgeAddress(policy, 'http://any.example:9000/', '127.0.0.9')).toBe('one of our own listeners');
    expect(judgeAddress(policy, 'http://any.example:9000/', '0.0.0.0')).toBe('one of our own listeners');
    expect(judgeUrl(policy, 'https://database.internal:7000/')).toBe('one of our own listeners');
    expect(judgeUrl(new EgressPolicy({ allow: ['db:5432'] }), 'http://db:5432/')).toBe('denied port');
  });

  it('knows our listeners behind another name', async () => {
    const rules = new EgressRules(policy);
    const target = targetOf(new URL('https://other.example:7000/'));
    const addresses = [parseAddress('203.0.114.7')].filter((address) => address !== undefined);
    const resolve = () => Promise.resolve(['203.0.114.7']);
    const nothing = () => Promise.reject(new Error('ENOTFOUND'));

    expect(await rules.judgeDeniedNames(target, addresses, resolve)).toBe('one of our own listeners');
    expect(await rules.judgeDeniedNames(target, addresses, nothing)).toBeUndefined();
  });

  it.each(['agent', 'agent:', 'agent:0', 'agent:70000', '10.0.0.0/33:80', 'fd00::1:80', ':80', 'a:b:80'])(
    'does not take the entry "%s"',
    (entry) => {
      expect(() => new EgressRules(new EgressPolicy({ allow: [entry] }))).toThrow(InvalidEgressEntryError);
    },
  );
});
