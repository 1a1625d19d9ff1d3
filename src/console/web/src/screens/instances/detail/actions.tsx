import { Button, Tooltip } from '@mantine/core';
import { IconPlayerPlay, IconPlayerStop, IconPlugConnected, IconRefresh } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useMay } from '~/api/me';
import { type Instance } from '../data/instance';
import { text } from '../detail-text';
import { carryOutHere, type Verb } from './verbs';

const ICONS = { start: IconPlayerPlay, stop: IconPlayerStop, restart: IconRefresh } as const;

/** Why a verb cannot be used now; undefined: it can. */
export function obstacle(
  verb: Verb,
  { desired_state: wanted, json_spec: spec }: Instance,
): string | undefined {
  if (verb === 'start' && wanted === 'running') return text.notStarted;
  if (verb === 'stop' && wanted === 'stopped') return text.notStopped;
  return verb === 'restart' && spec.type === 'url' ? text.noRestart : undefined;
}

export function Actions({ instance }: { readonly instance: Instance }) {
  const may = useMay('instances:operate');
  const verbs = instance.desired_state === 'running' ? (['restart', 'stop'] as const) : (['start'] as const);
  return (
    <>
      {may && verbs.map((verb) => <Action key={verb} verb={verb} instance={instance} />)}
      <Button
        component={Link}
        to="/connect"
        search={{ target: `instance:${instance.name}` } as never}
        leftSection={<IconPlugConnected size={14} />}
        data-testid="instance-connect"
      >
        {text.connect}
      </Button>
    </>
  );
}

function Action({
  verb,
  instance,
}: {
  readonly verb: 'start' | 'stop' | 'restart';
  readonly instance: Instance;
}) {
  const why = obstacle(verb, instance);
  const Icon = ICONS[verb];
  const button = (
    <Button
      variant="default"
      leftSection={<Icon size={14} />}
      // Not `disabled`: the reason must be within reach of the keyboard.
      aria-disabled={why !== undefined}
      data-disabled={why !== undefined || undefined}
      onClick={() => {
        if (why === undefined) carryOutHere(verb, instance);
      }}
      data-testid={`instance-${verb}`}
    >
      {text[verb]}
    </Button>
  );
  return why === undefined ? button : <Tooltip label={why}>{button}</Tooltip>;
}
