import { ConnectionError, ProblemError, TimeoutError } from '@app/client';
import { CliError, EXIT, exitCodeOf, linesOf } from './failures';

describe('failures', () => {
  it.each([
    [new ProblemError(401, {}, undefined), EXIT.notAllowed],
    [new ProblemError(403, {}, undefined), EXIT.notAllowed],
    [new ProblemError(404, {}, undefined), EXIT.notFound],
    [new ProblemError(409, {}, undefined), EXIT.conflict],
    [new ProblemError(412, {}, undefined), EXIT.conflict],
    [new ProblemError(504, {}, undefined), EXIT.timeout],
    [new ProblemError(422, {}, undefined), EXIT.failed],
    [new ConnectionError('http://x', {}), EXIT.unreachable],
    [new TimeoutError('http://x', 1), EXIT.timeout],
    [new CliError('no', EXIT.toolError), EXIT.toolError],
    [new Error('no'), EXIT.failed],
  ])('%s ends the process with %i', (error, code) => {
    expect(exitCodeOf(error)).toBe(code);
  });

  it('are told with the way on, the code and the trace', () => {
    const said = {
      ...{ title: 'The spec is not valid', detail: 'One field is wrong.', hint: 'Correct it.' },
      ...{ code: 'instance_spec_invalid', trace_id: 'abc' },
      errors: [{ pointer: '/name', detail: 'too long' }],
    };
    const problem = new ProblemError(422, said, undefined);
    expect(linesOf(problem)).toEqual([
      'The spec is not valid: One field is wrong.',
      '  /name: too long',
      '  hint: Correct it.',
      '  code: instance_spec_invalid   trace: abc',
    ]);
    expect(linesOf(new CliError('It failed.', EXIT.failed, 'quayside doctor x'))).toEqual([
      'It failed.',
      '  try: quayside doctor x',
    ]);
    expect(linesOf(new ProblemError(502, {}, undefined))).toEqual(['HTTP 502', '  code: HTTP 502']);
  });
});
