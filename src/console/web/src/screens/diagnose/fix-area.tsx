import { Button, Group, Stack, Text, Tooltip } from '@mantine/core';
import { IconTool } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useMay } from '~/api/me';
import { notifyDone, notifyProblem } from '~/components';
import { bodyWith, type Fix, type FixRequest, tabFor } from './diagnosis';
import { FixForm } from './fix-form';
import { sendFix } from './send-fix';
import { text } from './text';

interface FixAreaProps {
  readonly fix: Fix;
  readonly name: string;
  readonly onApplied: () => void;
}

/** One button. Where something has to be said first, the field opens in place. */
export function FixArea({ fix, name, onApplied }: FixAreaProps) {
  return fix.request === null ? (
    <Advice fix={fix} name={name} />
  ) : (
    <Action fix={fix} request={fix.request} onApplied={onApplied} />
  );
}

interface ActionProps {
  readonly fix: Fix;
  readonly request: FixRequest;
  readonly onApplied: () => void;
}

function Action({ fix, request, onApplied }: ActionProps) {
  const may = useMay(request.permission);
  const [isOpen, setOpen] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const apply = async (body: FixRequest['body']): Promise<void> => {
    setBusy(true);
    try {
      await sendFix(request, body);
      notifyDone(text.applied(fix.label));
      onApplied();
    } catch (error) {
      notifyProblem(error, text.refused);
    } finally {
      setBusy(false);
    }
  };
  const { input } = fix;
  if (input !== null && isOpen)
    return (
      <FixForm
        input={input}
        isBusy={isBusy}
        onCancel={() => setOpen(false)}
        onSubmit={(value) => void apply(bodyWith(request.body, input, value))}
      />
    );
  return (
    <FixButton
      label={fix.label}
      why={may ? undefined : text.notAllowed(request.permission)}
      isBusy={isBusy}
      onClick={() => (input === null ? void apply(request.body) : setOpen(true))}
    />
  );
}

interface FixButtonProps {
  readonly label: string;
  /** Why it cannot be used; undefined: it can. */
  readonly why: string | undefined;
  readonly isBusy: boolean;
  readonly onClick: () => void;
}

function FixButton({ label, why, isBusy, onClick }: FixButtonProps) {
  const button = (
    <Button
      leftSection={<IconTool size={14} />}
      loading={isBusy}
      // Not `disabled`: the reason must be within reach of the keyboard.
      aria-disabled={why !== undefined}
      data-disabled={why !== undefined || undefined}
      onClick={() => {
        if (why === undefined) onClick();
      }}
      data-testid="diagnose-fix"
    >
      {label}
    </Button>
  );
  return <Group>{why === undefined ? button : <Tooltip label={why}>{button}</Tooltip>}</Group>;
}

/** What only a person can do; where there is a place for it, the way there. */
function Advice({ fix, name }: { readonly fix: Fix; readonly name: string }) {
  const tab = tabFor(fix.action);
  return (
    <Stack gap="xs" data-testid="diagnose-advice">
      <Text fw={500}>{fix.label}</Text>
      {tab === undefined ? (
        <Text size="sm" c="dimmed">
          {text.advice}
        </Text>
      ) : (
        <Group>
          <Button
            component={Link}
            to={`/instances/${encodeURIComponent(name)}`}
            search={{ tab } as never}
            variant="default"
            data-testid="diagnose-go"
          >
            {tab === 'logs' ? text.openLogs : text.openConfig}
          </Button>
        </Group>
      )}
    </Stack>
  );
}
