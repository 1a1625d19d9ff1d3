import {
  evaluate,
  parseExpression,
  partsOf,
  referencesOf,
  resolve,
  TemplateError,
  TemplateSyntaxError,
} from '.';
import { type TemplateData } from './look-up';

const DATA: TemplateData = {
  input: { source: 's3://bucket/a', size: 12, rows: [{ id: 7 }], 'odd key': true, nothing: null },
  parameters: { batch: 100 },
  stages: {
    'data-ingestion': { status: 'completed', output: { files: ['a', 'b'], ok: true, deep: { n: 1 } } },
    left: { status: 'skipped' },
    constructor: { status: 'completed', output: 'own' },
  },
};
const at = (path: string): string => `\${${path}}`;

describe('a template', () => {
  it.each([
    ['the type of a value that stands alone', at('input.size'), 12],
    ['a whole object', at('stages.data-ingestion.output.deep'), { n: 1 }],
    ['the whole output', at('stages.constructor.output'), 'own'],
    ['a place in a list', at('input.rows[0].id'), 7],
    ['a place in a list, with a dot', at('stages.data-ingestion.output.files.1'), 'b'],
    ['a quoted name', at('input["odd key"]'), true],
    ['blanks inside the braces', '${ input.size }', 12],
    ['null', at('input.nothing'), null],
    ['a status', at('stages.left.status'), 'skipped'],
    ['text around values', `${at('input.size')} of ${at('parameters.batch')}`, '12 of 100'],
    ['an object inside text', `got ${at('stages.data-ingestion.output.deep')}`, 'got {"n":1}'],
    ['signs that stand for themselves', 'costs $${input.size} $5 {}', 'costs ${input.size} $5 {}'],
    ['an escape before a reference', `$\${a} ${at('input.size')}`, '${a} 12'],
    ['what stands for a missing value', at('stages.left.output.n ?? 0'), 0],
    ['a quoted text for a missing value', at("input.region ?? 'eu } west'"), 'eu } west'],
    ['plain values as they are', [1, null, { a: [true] }], [1, null, { a: [true] }]],
    ['values at any depth', { a: [{ b: at('input.size') }] }, { a: [{ b: 12 }] }],
  ])('keeps or fills in %s', (_what, template, expected) => {
    expect(resolve(template, DATA)).toEqual(expected);
  });

  it.each([
    [at('input.missing.deeper'), 'the run\'s input is an object without "missing"'],
    [at('input.rows[1].id'), '"rows" of the run\'s input is a list of 1 without "1"'],
    [at('input.size.digits'), '"size" of the run\'s input is a number without "digits"'],
    [at('stages.left.output.n'), 'stage "left" is skipped and has no output'],
    [at('stages.nobody.output'), 'no stage "nobody" came before'],
    [at('stages.data-ingestion.output.files.length'), 'is a list of 2 without "length"'],
    [at('input.constructor'), 'without "constructor"'],
    [at('input.__proto__.polluted'), 'without "__proto__"'],
    [at('stages.toString.output'), 'no stage "toString" came before'],
  ])('names what %s does not find', (template, words) => {
    const fault = faultOf(() => resolve(template, DATA));
    expect(fault).toMatchObject({ code: 'reference_missing' });
    expect(fault.message).toContain(words);
    expect(fault.message).toContain(template);
  });

  it('does not look for references in what a reference gave', () => {
    const data = { ...DATA, input: { text: at('parameters.batch') } };
    expect(resolve(`<${at('input.text')}>`, data)).toBe('<${parameters.batch}>');
  });

  it('stops before it grows without end', () => {
    const data = { ...DATA, input: 'x'.repeat(1_000) };
    const template = Array.from({ length: 1_000 }, () => at('input'));
    expect(faultOf(() => resolve(template, data))).toMatchObject({ code: 'template_too_large' });
    expect(faultOf(() => resolve('y'.repeat(20), data, 10))).toMatchObject({ code: 'template_too_large' });
  });

  it.each([
    ['another root', at('env.HOME')],
    ['a call', at('input.trim()')],
    ['arithmetic', at('input.size + 1')],
    ['no end', '${input.size'],
    ['a stage without a field', at('stages.left')],
    ['another field of a stage', at('stages.left.log')],
    ['something below a status', at('stages.left.status.length')],
    ['nothing', at('')],
    ['an index that is none', at('input[-1]')],
  ])('refuses %s', (_what, template) => {
    expect(() => partsOf(template)).toThrow(TemplateSyntaxError);
  });

  it('tells which references it holds', () => {
    const template = { a: `x ${at('input.size')}`, b: [at('stages.left.output.n')] };
    expect(referencesOf(template).map(({ text }) => text)).toEqual([
      at('input.size'),
      at('stages.left.output.n'),
    ]);
  });
});

describe('a condition', () => {
  it.each([
    [at('stages.data-ingestion.output.ok'), true],
    [`not ${at('stages.data-ingestion.output.ok')}`, false],
    [`${at('input.size')} > 10 and ${at('input.size')} <= 12`, true],
    [`${at('input.size')} == "12"`, false],
    [`${at('input.source')} == 's3://bucket/a'`, true],
    [`${at('stages.left.status')} != "skipped"`, false],
    [`${at('input.region')} == null`, true],
    [at('input.region'), false],
    [`${at('input.region ?? "eu"')} >= "de"`, true],
    ['true or false and false', true],
    ['(true or false) and false', false],
    ['not (true and not false)', false],
    [`${at('stages.data-ingestion.output.deep')} == ${at('stages.data-ingestion.output.deep')}`, true],
    ['1.5e2==150', true],
  ])('%s is %s', (text, expected) => {
    expect(evaluate(parseExpression(text), DATA)).toBe(expected);
  });

  it('decides no more than it has to', () => {
    expect(evaluate(parseExpression(`false and ${at('input.size')}`), DATA)).toBe(false);
  });

  it.each([at('input.size'), `${at('input.region')} < 3`, `${at('input.rows')} > 1`, '"text"'])(
    'does not guess about %s',
    (text) => {
      expect(faultOf(() => evaluate(parseExpression(text), DATA))).toMatchObject({
        code: 'condition_undecidable',
      });
    },
  );

  it.each([
    ['', 'wants a reference'],
    ['true and', 'where it ends'],
    ['true false', '"and", "or" or the end at character 6'],
    ['(true', 'wants ")"'],
    ['1 = 1', 'at character 3'],
    ['process.exit()', 'at character 1'],
    [`${at('env.A')} == 1`, 'is no reference'],
    [`${'('.repeat(21)}true${')'.repeat(21)}`, 'nested deeper than 20'],
    [`${'not '.repeat(21)}true`, 'nested deeper than 20'],
    ['x'.repeat(2_001), 'longer than 2000'],
  ])('refuses %j', (text, words) => {
    expect(() => parseExpression(text)).toThrow(words);
    expect(() => parseExpression(text)).toThrow(TemplateSyntaxError);
  });
});

function faultOf(work: () => unknown): TemplateError {
  try {
    work();
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
