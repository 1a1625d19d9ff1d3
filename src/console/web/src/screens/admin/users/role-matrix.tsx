import { Skeleton, Table } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { api } from '~/api/client';
import { Mono, ProblemCard } from '~/components';
import { text } from '../text';

const words = text.users;

/** Every permission and every role, as the server decides by them. */
export function RoleMatrix() {
  const { data, error, refetch } = api.useQuery('get', '/api/v1/roles');
  if (error !== null) return <ProblemCard problem={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton height={240} />;
  const { roles } = data;
  const permissions = [...new Set(roles.flatMap((role) => role.permissions))].sort();
  const held = new Set(roles.flatMap(({ name, permissions: own }) => own.map((one) => `${name} ${one}`)));
  return (
    <div style={{ overflowX: 'auto' }} tabIndex={0} role="region" aria-label={words.tabs.roles}>
      <Table data-testid="role-matrix" stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.permission}</Table.Th>
            {roles.map(({ name }) => (
              <Table.Th key={name} ta="center">
                {name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {permissions.map((permission) => (
            <Table.Tr key={permission}>
              <Table.Td>
                <Mono>{permission}</Mono>
              </Table.Td>
              {roles.map(({ name }) => (
                <Table.Td key={name} ta="center">
                  {held.has(`${name} ${permission}`) && (
                    <IconCheck size={16} role="img" aria-label={words.holds(name, permission)} />
                  )}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
