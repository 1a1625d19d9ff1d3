import { AggregateRoot, derivedId, isName, isUuid, newId, shortId, type DomainEvent } from './index';

class Counter extends AggregateRoot {
  add(): void {
    this.record({
      name: 'counter.value.added',
      aggregateType: 'counters',
      aggregateId: 'c',
      data: {},
      occurredAt: new Date(0),
    });
  }
}

describe('AggregateRoot', () => {
  it('hands each event over once', () => {
    const counter = new Counter();
    counter.add();
    const names = (events: readonly DomainEvent[]) => events.map(({ name }) => name);

    expect(names(counter.takeEvents())).toEqual(['counter.value.added']);
    expect(names(counter.takeEvents())).toEqual([]);
  });
});

describe('isName', () => {
  it.each(['a', 'my_server', 'docs-search', '0', 'a'.repeat(63)])('accepts %s', (name) => {
    expect(isName(name)).toBe(true);
  });

  it.each(['', 'A', 'a__b', '_a', '-a', 'a_', 'a'.repeat(64), 'a b', 'status', 'bulk'])(
    'refuses "%s"',
    (name) => {
      expect(isName(name)).toBe(false);
    },
  );
});

describe('derivedId', () => {
  it('is an id, the same for the same words and another for others', () => {
    expect(isUuid(derivedId('a', 'b'))).toBe(true);
    expect(derivedId('a', 'b')).toBe(derivedId('a', 'b'));
    expect(new Set([derivedId('a', 'b'), derivedId('ab'), derivedId('a'), derivedId('b', 'a')]).size).toBe(4);
  });
});

describe('shortId', () => {
  it('has twelve characters without dashes', () => {
    expect(shortId(newId())).toMatch(/^[0-9a-f]{12}$/);
  });
});
