import { Select } from '@mantine/core';

interface FilterSelectProps<T extends string> {
  /** Said by the field as long as nothing is chosen. */
  readonly label: string;
  readonly values: readonly T[];
  readonly value: T | undefined;
  readonly onChange: (value: T | undefined) => void;
  readonly width: number;
  readonly testId: string;
}

/** One word that a list is narrowed to, or none. */
export const FilterSelect = <T extends string>(props: FilterSelectProps<T>) => (
  <Select
    aria-label={props.label}
    placeholder={props.label}
    data={[...props.values]}
    value={props.value ?? null}
    onChange={(chosen) => props.onChange(props.values.find((each) => each === chosen))}
    clearable
    w={props.width}
    data-testid={props.testId}
  />
);
