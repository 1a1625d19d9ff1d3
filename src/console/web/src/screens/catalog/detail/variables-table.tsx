import { Stack, Table, Text } from '@mantine/core';
import { Mono } from '~/components';
import { type Variable } from '../data';
import { text } from '../text';

const words = text.detail;

/** The contract for the environment, with what each value means written out. */
export function VariablesTable({ variables }: { readonly variables: readonly Variable[] }) {
  if (variables.length === 0) return <Text c="dimmed">{words.noEnvironment}</Text>;
  return (
    <Table layout="auto" data-testid="catalog-variables">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{words.columns.name}</Table.Th>
          <Table.Th visibleFrom="sm">{words.columns.type}</Table.Th>
          <Table.Th visibleFrom="sm">{words.columns.required}</Table.Th>
          <Table.Th visibleFrom="sm">{words.columns.secret}</Table.Th>
          <Table.Th visibleFrom="sm">{words.columns.default}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {variables.map((variable) => (
          <VariableRow key={variable.name} variable={variable} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

const yesOrNo = (flag: boolean | undefined): string => (flag === true ? words.yes : words.no);

const VariableRow = ({ variable }: { readonly variable: Variable }) => (
  <Table.Tr>
    <Table.Td style={{ overflowWrap: 'anywhere' }}>
      <Stack gap={0}>
        <Mono>{variable.name}</Mono>
        <Text size="xs" c="dimmed">
          {variable.description ?? ''}
        </Text>
      </Stack>
    </Table.Td>
    <Table.Td visibleFrom="sm">{variable.type}</Table.Td>
    <Table.Td visibleFrom="sm">{yesOrNo(variable.required)}</Table.Td>
    <Table.Td visibleFrom="sm">{yesOrNo(variable.secret)}</Table.Td>
    <Table.Td visibleFrom="sm">{variable.default ?? ''}</Table.Td>
  </Table.Tr>
);
