import { childTraceparent, isTraceparent, newTraceparent, traceIdOf } from './index';

describe('traceparent', () => {
  it('keeps the trace and changes the span', () => {
    const parent = newTraceparent();
    const child = childTraceparent(parent);

    expect(isTraceparent(child)).toBe(true);
    expect(traceIdOf(child)).toBe(traceIdOf(parent));
    expect(child).not.toBe(parent);
  });

  it.each([undefined, '', 'nonsense', `00-${'0'.repeat(32)}-${'1'.repeat(16)}-01`, `01-${'a'.repeat(55)}`])(
    'starts a trace of its own for %s',
    (text) => {
      const child = childTraceparent(text);
      expect(isTraceparent(child)).toBe(true);
      expect(traceIdOf(child)).not.toBe('0'.repeat(32));
    },
  );

  it('answers the all-zero id for what is not a traceparent', () => {
    expect(traceIdOf('nonsense')).toBe('0'.repeat(32));
  });
});
