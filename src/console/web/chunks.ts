/** Fields with a list or a figure: much code, and many screens do without. */
const INPUTS =
  /@mantine[\\/]core[\\/]esm[\\/]components[\\/](?:Autocomplete|Chip|Combobox|MultiSelect|NativeSelect|NumberInput|PasswordInput|Pill|PillsInput|Select|TagsInput|Textarea)[\\/]|[\\/]react-number-format[\\/]/;
const SHARED = /[\\/]node_modules[\\/]|[\\/]src[\\/](?:components|api|live|design)[\\/]/;

/**
 * What the page begins with; what most screens share, once, so that another screen brings no more than itself; and the inputs.
 * scripts/console-budget.mjs knows them by these names.
 */
export const CHUNKS = [
  { name: 'first', tags: ['$initial' as const], priority: 3 },
  {
    name: 'parts',
    test: (id: string): boolean => SHARED.test(id) && !INPUTS.test(id),
    ...{ minShareCount: 4, priority: 2 },
  },
  { name: 'inputs', test: INPUTS, minShareCount: 2, priority: 1 },
];
