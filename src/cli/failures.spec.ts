import { AnswerTimeoutError, ApiProblem, UnreachableError } from './api-client';
import { CliError, EXIT, exitCodeOf, linesOf } from './failures';

describe('failures', () => {
  it.each([
    [new ApiProblem(401, {}), EXIT.notAllowed],
    [new ApiProblem(403, {}), EXIT.notAllowed],
    [new ApiProblem(404, {}), EXIT.notFound],
    [new ApiProblem(409, {}), EXIT.conflict],
    [new ApiProblem(412, {}), EXIT.conflict],
    [new ApiProblem(504, {}), EXIT.timeout],
    [new ApiProblem(422, {}), EXIT.failed],
    [new UnreachableError('http://x', undefined), EXIT.unreachable],
    [new AnswerTimeoutError('http://x'), EXIT.timeout],
    [new CliError('no', EXIT.toolError), EXIT.toolError],
    [new Error('no'), EXIT.failed],
  ])('%s ends the process with %i', (error, code) => {
    expect(exitCodeOf(error)).toBe(code);
  });

  it('are told with the way on, the code and the trace', () => {
    const problem = new ApiProblem(422, {
      ...{ title: 'The spec is not valid', detail: 'One field is wrong.', hint: 'Correct it.' },
      ...{ code: 'instance_spec_invalid', trace_id: 'abc' },
      errors: [{ pointer: '/name', detail: 'too long' }],
    });
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
    expect(linesOf(new ApiProblem(502, undefined))).toEqual(['HTTP 502', '  code: HTTP 502']);
  });
});
