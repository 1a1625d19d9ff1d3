import { MantineProvider } from '@mantine/core';
import { withTheme } from '@rjsf/core';
import { Theme } from '@rjsf/mantine';
import { createSchemaUtils, type RJSFSchema } from '@rjsf/utils';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { CORPUS } from './corpus';
import { fitSchema, withoutEmpty } from './fit-schema';
import { uiOf, validator } from './validator';

const Form = withTheme<unknown>({
  ...Theme,
  fields: { ...Theme.fields, FreeField: ({ name }) => createElement('textarea', { name }) },
});

/** Drawn on a page that nobody looks at: a schema that breaks the form breaks here. */
const draw = (schema: RJSFSchema, formData: unknown): string =>
  renderToStaticMarkup(
    createElement(
      MantineProvider,
      null,
      createElement(Form, { schema, formData, validator, uiSchema: uiOf(schema) }),
    ),
  );

const errorsOf = (
  schema: RJSFSchema,
  value: unknown,
): readonly { readonly property?: string | undefined }[] => validator.validateFormData(value, schema).errors;

describe('a form for a schema', () => {
  it('is tried with at least sixty schemas', () => {
    expect(CORPUS.length).toBeGreaterThanOrEqual(60);
  });

  it.each(CORPUS.map((row) => [row[0], row] as const))('is drawn for %s', (_name, [, schema, good, bad]) => {
    const fitted = fitSchema(schema) as RJSFSchema;
    const drawn = draw(fitted, good);
    expect(drawn).toContain('<form');
    expect(drawn).not.toMatch(/<img|<b>no|Unsupported|Unknown field type/);
    expect(() => createSchemaUtils(validator, fitted).getDefaultFormState(fitted, {})).not.toThrow();
    expect(errorsOf(fitted, good)).toEqual([]);
    if (bad !== undefined) expect(errorsOf(fitted, bad)).not.toEqual([]);
  });

  it('says at which field something is wrong', () => {
    const item = { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] };
    const schema = fitSchema({ type: 'object', properties: { list: { type: 'array', items: item } } });
    expect(errorsOf(schema, { list: [{}, { n: 'x' }] }).map(({ property }) => property)).toEqual([
      '.list.0.n',
      '.list.1.n',
    ]);
  });

  it('sends what was filled in, and nothing of what was not', () => {
    expect(withoutEmpty({ a: undefined, b: '', c: [undefined, { d: undefined }], e: null })).toEqual({
      ...{ b: '', c: [undefined, {}], e: null },
    });
  });
});
