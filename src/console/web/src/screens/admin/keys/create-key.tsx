import { MultiSelect, Select, TextInput } from '@mantine/core';
import { api, rest } from '~/api/client';
import { useMe } from '~/api/me';
import { type components } from '~/api/schema.gen';
import { act } from '../act';
import { Ask } from '../ask';
import { text } from '../text';
import { useTyped } from '../use-typed';

type Role = components['schemas']['RoleDto']['name'];
interface Typed {
  readonly name: string;
  readonly role: Role | null;
  readonly scopes: string[];
  readonly days: string;
}

const words = text.keys;
const EMPTY: Typed = { name: '', role: null, scopes: [], days: '90' };
const DAY_MS = 86_400_000;

const bodyOf = ({ name, role, scopes, days }: Typed): components['schemas']['CreateApiKeyDto'] => ({
  name,
  ...(role === null ? {} : { role }),
  ...(scopes.length === 0 ? {} : { scopes }),
  ...(days === '' ? {} : { expires_at: new Date(Date.now() + Number(days) * DAY_MS).toISOString() }),
});

interface CreateKeyProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onCreated: (secret: string) => void;
}

/** Nobody gives away what they do not hold: the caller's own permissions are what there is to choose from. */
export function CreateKey({ opened, onClose, onCreated }: CreateKeyProps) {
  const { typed, put, field, reset } = useTyped(EMPTY);
  const { data: me } = useMe();
  const { data: roles } = api.useQuery('get', '/api/v1/roles', {}, { enabled: opened });
  const create = async (): Promise<void> => {
    const { secret } = await act(rest.POST('/api/v1/api-keys', { body: bodyOf(typed) }));
    reset(EMPTY);
    onCreated(secret);
  };
  return (
    <Ask
      title={words.add}
      submit={text.create}
      opened={opened}
      onClose={onClose}
      onSubmit={create}
      disabled={typed.name === ''}
      testId="key-form"
    >
      <TextInput label={text.name} {...field('name')} data-autofocus data-testid="key-name" />
      <Select
        label={words.role}
        description={words.roleAbout}
        data={(roles?.roles ?? []).map(({ name }) => name)}
        value={typed.role}
        onChange={(role) => put({ role })}
        clearable
        data-testid="key-role"
      />
      <MultiSelect
        label={words.scopes}
        description={words.scopesAbout}
        data={me?.permissions ?? []}
        value={typed.scopes}
        onChange={(scopes) => put({ scopes })}
        searchable
        clearable
        data-testid="key-scopes"
      />
      <Select
        label={words.expires}
        description={words.expiresAbout}
        data={[...words.days]}
        value={typed.days}
        onChange={(days) => put({ days: days ?? '' })}
        allowDeselect={false}
        data-testid="key-expires"
      />
    </Ask>
  );
}
