import '@mantine/dates/styles.css';
import { Box } from '@mantine/core';
import { withTheme } from '@rjsf/core';
import { Theme } from '@rjsf/mantine';
import { type ErrorSchema, type RJSFSchema } from '@rjsf/utils';
import { type ReactNode, useMemo } from 'react';
import { toProblem } from '~/api/problem';
import { fitSchema, withoutEmpty } from './fit-schema';
import { FreeField } from './free-field';
import { uiOf, validator } from './validator';

export interface SchemaFormProps {
  /** JSON Schema of an object. */
  readonly schema: unknown;
  readonly value: Readonly<Record<string, unknown>>;
  readonly onChange: (value: Record<string, unknown>) => void;
  /** Called with what is complete and fits; without it the form has no end of its own. */
  readonly onSubmit?: (value: Record<string, unknown>) => void;
  /** A refusal whose `errors` point into the value: shown at the fields. */
  readonly problem?: unknown;
  /** In front of the pointers of `problem`, e.g. `/arguments`. */
  readonly pointerPrefix?: string;
  readonly disabled?: boolean;
  /** Of the ids of its fields, where a page has two forms. */
  readonly idPrefix?: string;
  readonly label: string;
  readonly testId?: string;
  /** Buttons; one of type submit ends the form. */
  readonly children?: ReactNode;
}

const Form = withTheme<Record<string, unknown>>({
  ...Theme,
  fields: { ...Theme.fields, FreeField },
});

/** Fields for a JSON Schema, checked here for convenience and by the server for good. */
export default function SchemaFormInner(props: SchemaFormProps) {
  const { schema, value, onChange, onSubmit, problem, pointerPrefix = '', disabled = false } = props;
  const fitted = useMemo(() => fitSchema(schema) as RJSFSchema, [schema]);
  const ui = useMemo(() => ({ ...uiOf(fitted), 'ui:submitButtonOptions': { norender: true } }), [fitted]);
  const extra = useMemo(() => errorsOf(problem, pointerPrefix), [problem, pointerPrefix]);
  return (
    <Box data-testid={props.testId} role="group" aria-label={props.label} maw={720}>
      <Form
        schema={withoutWords(fitted)}
        uiSchema={ui}
        validator={validator as never}
        formData={value}
        extraErrors={extra}
        disabled={disabled}
        showErrorList={false}
        noHtml5Validate
        focusOnFirstError
        idPrefix={props.idPrefix ?? 'args'}
        experimental_defaultFormStateBehavior={{ emptyObjectFields: 'populateRequiredDefaults' }}
        onChange={({ formData }) => onChange(cleaned(formData))}
        // It is said at the fields; the library would else write it to the console.
        onError={() => undefined}
        onSubmit={({ formData }) => onSubmit?.(cleaned(formData))}
      >
        {props.children ?? <></>}
      </Form>
    </Box>
  );
}

const cleaned = (data: unknown): Record<string, unknown> =>
  (withoutEmpty(data) ?? {}) as Record<string, unknown>;

/** The page has a title for the whole already. */
function withoutWords(schema: RJSFSchema): RJSFSchema {
  const { title: _title, description: _description, ...rest } = schema;
  return rest;
}

function errorsOf(problem: unknown, prefix: string): ErrorSchema<Record<string, unknown>> {
  const root: Record<string, unknown> = {};
  if (problem === undefined || problem === null) return root as ErrorSchema<Record<string, unknown>>;
  for (const { pointer, detail } of toProblem(problem).errors ?? []) {
    if (!pointer.startsWith(prefix)) continue;
    let at = root;
    for (const part of pointer.slice(prefix.length).split('/').slice(1)) {
      const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
      at = (at[name] ??= {}) as Record<string, unknown>;
    }
    at['__errors'] = [...((at['__errors'] as string[] | undefined) ?? []), detail];
  }
  return root as ErrorSchema<Record<string, unknown>>;
}
