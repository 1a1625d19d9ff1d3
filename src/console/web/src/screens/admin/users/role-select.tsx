import { Select } from '@mantine/core';
import { api } from '~/api/client';
import { type components } from '~/api/schema.gen';
import { text } from '../text';

export type Role = components['schemas']['UserMembershipDto']['role'];

interface RoleSelectProps {
  readonly value: Role;
  readonly onChange: (role: Role) => void;
}

/** One of the roles that there are, as the server names them. */
export function RoleSelect({ value, onChange }: RoleSelectProps) {
  const { data } = api.useQuery('get', '/api/v1/roles');
  return (
    <Select
      label={text.users.role}
      data={(data?.roles ?? []).map(({ name }) => name)}
      value={value}
      onChange={(role) => role !== null && onChange(role)}
      allowDeselect={false}
      data-testid="role-select"
    />
  );
}
