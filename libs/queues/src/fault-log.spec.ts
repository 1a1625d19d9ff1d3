import { FaultLog } from './fault-log';

describe('FaultLog', () => {
  it('writes one line per outage, and one when it is over', () => {
    const lines: string[] = [];
    const log = new FaultLog(
      { warn: (text: string) => void lines.push(text), log: (text: string) => void lines.push(text) },
      'sending',
    );
    log.recovered();
    log.failed(Object.assign(new Error(''), { code: 'ECONNREFUSED' }));
    log.failed(new Error('again'));
    log.recovered();
    log.recovered();
    log.failed('text');

    expect(lines).toEqual(['sending: ECONNREFUSED', 'sending: works again after 0 s', 'sending: text']);
  });
});
