import { newTraceparent, requestContext, type Span, traceIdOf, tracer } from '@app/telemetry';
import { LookSpans, tellEngineOperation } from './look-spans';

const ID = 'i-1';
const nothing = (): Promise<void> => Promise.resolve();

describe('the spans of looks', () => {
  let spans: LookSpans;
  const told: Span[] = [];
  const names = (): string[] => told.map(({ name }) => name);

  beforeEach(() => {
    spans = new LookSpans();
    told.length = 0;
    tracer.open({ take: (span) => void told.push(span) });
  });
  afterEach(() => {
    tracer.close();
  });

  const creating = async (): Promise<void> => {
    await spans.step(ID, 'create', () => {
      tellEngineOperation('docker', 'create', performance.now(), undefined);
      return nothing();
    });
    spans.report(ID, 'starting', () => true);
  };

  it('go from who asked through the step to the engine', async () => {
    const asker = newTraceparent();
    await spans.look(ID, asker, creating);
    const [engine, step, look] = told;
    expect(names()).toEqual(['docker create', 'step create', 'look']);
    expect([engine?.parent, step?.parent, look?.parent]).toEqual([
      step?.traceparent,
      look?.traceparent,
      asker,
    ]);
  });

  it('go on until it is as it was wanted, without the glances on the way', async () => {
    const asker = newTraceparent();
    await spans.look(ID, asker, creating);
    told.length = 0;
    const probing = (): Promise<void> => spans.step(ID, 'probe', nothing);
    await spans.look(ID, undefined, probing);
    expect(names()).toEqual([]);

    let heard = '';
    await spans.look(ID, undefined, async () => {
      await probing();
      spans.report(ID, 'running', () => {
        heard = traceIdOf(requestContext.get()?.traceparent ?? '');
        return true;
      });
    });
    expect([names(), heard]).toEqual([['look'], traceIdOf(asker)]);

    await spans.look(ID, undefined, probing);
    expect(names()).toEqual(['look']);
  });

  it('begin a story of their own where something has to be repaired', async () => {
    await spans.look(ID, undefined, creating);
    const [, step, look] = told;
    expect([step?.name, step?.parent, look?.parent]).toEqual(['step create', look?.traceparent, undefined]);
  });

  it('are none while nobody collects, and none of who is not followed', async () => {
    await spans.look(ID, newTraceparent().replace(/01$/, '00'), () => spans.step(ID, 'probe', nothing));
    tracer.close();
    await spans.look(ID, newTraceparent(), creating);
    expect(told).toEqual([]);
  });
});
