import { ActionIcon, Menu, Text, useMantineColorScheme } from '@mantine/core';
import {
  IconDeviceDesktop,
  IconLogout,
  IconMoon,
  IconSun,
  IconUser,
  IconUserCircle,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { rest } from '~/api/client';
import { useMe } from '~/api/me';
import { sessionEnded } from '~/api/session-events';
import { words } from '~/design/words';

const THEMES = [
  { value: 'light', label: words.theme.light, icon: IconSun },
  { value: 'dark', label: words.theme.dark, icon: IconMoon },
  { value: 'auto', label: words.theme.auto, icon: IconDeviceDesktop },
] as const;

const signOut = async (): Promise<void> => {
  await rest.DELETE('/api/v1/auth/session');
  sessionEnded();
};

export function UserMenu() {
  const { data: me } = useMe();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={words.user.menu} data-testid="user-menu">
          <IconUserCircle size={20} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text span size="sm" fw={600} c="var(--mantine-color-text)">
            {me?.name}
          </Text>{' '}
          {me?.role}
        </Menu.Label>
        <Menu.Item component={Link} to="/me" leftSection={<IconUser size={14} />}>
          {words.user.profile}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{words.theme.label}</Menu.Label>
        {THEMES.map(({ value, label, icon: Icon }) => (
          <Menu.Item
            key={value}
            leftSection={<Icon size={14} />}
            aria-current={colorScheme === value}
            fw={colorScheme === value ? 600 : 400}
            onClick={() => setColorScheme(value)}
            data-testid={`theme-${value}`}
          >
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconLogout size={14} />}
          onClick={() => void signOut()}
          data-testid="sign-out"
        >
          {words.user.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
