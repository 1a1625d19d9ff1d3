import { Alert, Skeleton, Stack } from '@mantine/core';
import { Component, lazy, type ReactNode, Suspense } from 'react';
import { type SchemaFormProps } from './schema-form/form';

const Inner = lazy(() => import('./schema-form/form'));

export type { SchemaFormProps };

/** A form drawn from a JSON Schema; the library for it is fetched when the first one is shown. */
export function SchemaForm(props: SchemaFormProps) {
  return (
    <Undrawable>
      <Suspense fallback={<Loading />}>
        <Inner {...props} />
      </Suspense>
    </Undrawable>
  );
}

const UNDRAWABLE = 'No form can be drawn from this schema. Write the value as JSON.';

/** Schemas are somebody else's: one that the form cannot take must not take the page with it. */
class Undrawable extends Component<{ readonly children: ReactNode }, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    return this.state.failed ? <Alert color="yellow">{UNDRAWABLE}</Alert> : this.props.children;
  }
}

const Loading = () => (
  <Stack gap="sm" aria-busy="true">
    <Skeleton height={52} />
    <Skeleton height={52} />
  </Stack>
);
