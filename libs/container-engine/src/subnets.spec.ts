import { NetworkRangeExhaustedError } from './errors';
import { formatSubnet, freeSubnets, overlaps, parseSubnet } from './subnets';

const subnet = (cidr: string) => parseSubnet(cidr)!;
const first = (range: string, used: string[], instance = 'i') =>
  [...freeSubnets(range, instance, used.map(subnet))][0];

describe('parseSubnet', () => {
  it('reads a range, and cuts the bits of the host off', () => {
    expect(formatSubnet(subnet('10.9.8.77/24'))).toBe('10.9.8.0/24');
    expect(formatSubnet(subnet('255.255.255.255/32'))).toBe('255.255.255.255/32');
  });

  it.each(['', '10.0.0.0', 'fd00::/8', '10.0.0.256/8', '10.0.0.0/33'])('does not read "%s"', (text) => {
    expect(parseSubnet(text)).toBeUndefined();
  });
});

describe('overlaps', () => {
  it.each([
    ['10.0.0.0/28', '10.0.0.0/16', true],
    ['10.0.0.0/16', '10.0.255.0/28', true],
    ['10.0.0.0/28', '10.0.0.16/28', false],
    ['0.0.0.0/0', '192.168.0.1/32', true],
  ])('%s and %s: %s', (a, b, expected) => {
    expect(overlaps(subnet(a), subnet(b))).toBe(expected);
  });
});

describe('freeSubnets', () => {
  it('leaves out what overlaps', () => {
    expect(formatSubnet(first('10.0.0.0/27', ['10.0.0.0/28'])!)).toBe('10.0.0.16/28');
  });

  it('gives each subnet of the range once', () => {
    const all = [...freeSubnets('10.0.0.0/24', 'i', [])].map(formatSubnet);
    expect(new Set(all).size).toBe(16);
  });

  it('has nothing to give where a larger network covers the range', () => {
    expect(first('10.0.0.0/24', ['10.0.0.0/8'])).toBeUndefined();
  });

  it('gives one instance the same again', () => {
    expect(first('10.0.0.0/16', [], 'a')).toEqual(first('10.0.0.0/16', [], 'a'));
  });

  it.each(['10.0.0.0/29', 'nonsense'])('refuses the range %s', (range) => {
    expect(() => first(range, [])).toThrow(NetworkRangeExhaustedError);
  });
});
