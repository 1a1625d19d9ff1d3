import { Button, Popover, Stack, Text, TextInput } from '@mantine/core';
import { IconBookmark } from '@tabler/icons-react';
import { useRouterState } from '@tanstack/react-router';
import { type SyntheticEvent, useState } from 'react';
import { rest } from '~/api/client';
import { queryClient } from '~/api/query-client';
import { words } from '~/design/words';
import { notifyDone, notifyProblem } from './notify';

export const VIEWS = '/api/v1/me/views';
const NAME_MAX = 100;

/** Keeps a list as it is filtered and ordered now; there is nothing to keep of one that shows everything. */
export function SaveView() {
  const path = useRouterState({ select: ({ location }) => `${location.pathname}${location.searchStr}` });
  const [opened, setOpened] = useState(false);
  const [name, setName] = useState('');
  if (!path.includes('?')) return null;
  const save = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    const { error } = await rest.PUT('/api/v1/me/views/{name}', {
      params: { path: { name: name.trim() } },
      body: { path },
    });
    if (error !== undefined) {
      notifyProblem(error);
      return;
    }
    setOpened(false);
    setName('');
    notifyDone(words.saveView.saved(name.trim()));
    await queryClient.invalidateQueries({ queryKey: ['get', VIEWS] });
  };
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" width={280} trapFocus withinPortal>
      <Popover.Target>
        <Button
          size="sm"
          variant="subtle"
          color="gray"
          leftSection={<IconBookmark size={14} aria-hidden />}
          onClick={() => setOpened(!opened)}
          data-testid="view-save"
        >
          {words.saveView.open}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form onSubmit={(event) => void save(event)}>
          <Stack gap="xs">
            <Text size="xs" c="dimmed">
              {words.saveView.about}
            </Text>
            <TextInput
              label={words.saveView.name}
              value={name}
              maxLength={NAME_MAX}
              onChange={(event) => setName(event.currentTarget.value)}
              data-autofocus
              data-testid="view-name"
            />
            <Button type="submit" size="xs" disabled={name.trim() === ''} data-testid="view-save-submit">
              {words.saveView.save}
            </Button>
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
