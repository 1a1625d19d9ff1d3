import { ActionIcon, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useMay } from '~/api/me';
import { type Agent } from './agent';
import { text } from './text';
import { useAgentActions } from './use-agent-actions';

/** What can be done with one agent of the list; nothing that the role does not allow. */
export function AgentMenu({ agent }: { readonly agent: Agent }) {
  const { drain, activate, remove } = useAgentActions();
  const [mayUpdate, mayDelete] = [useMay('agents:update'), useMay('agents:delete')];
  if (!mayUpdate && !mayDelete) return null;
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`${text.columns.actions}: ${agent.name}`}
          data-testid="agents-menu"
        >
          <IconDots size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {mayUpdate && agent.status !== 'draining' && (
          <Menu.Item onClick={() => drain(agent)} data-testid="agents-drain">
            {text.drain}
          </Menu.Item>
        )}
        {mayUpdate && agent.status === 'draining' && (
          <Menu.Item onClick={() => activate(agent)} data-testid="agents-activate">
            {text.activate}
          </Menu.Item>
        )}
        {mayDelete && (
          <Menu.Item color="red" onClick={() => remove(agent)} data-testid="agents-remove">
            {text.remove.label}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
