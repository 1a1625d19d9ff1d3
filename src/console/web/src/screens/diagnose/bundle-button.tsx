import { Button, Group } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { rest } from '~/api/client';
import { notifyProblem } from '~/components';
import { text } from './text';

interface BundleButtonProps {
  readonly instanceId: string;
  readonly name: string;
}

/** What others need to help, as a file. */
export function BundleButton({ instanceId, name }: BundleButtonProps) {
  const [isBusy, setBusy] = useState(false);
  const download = async (): Promise<void> => {
    setBusy(true);
    try {
      const { data, error } = await rest.GET('/api/v1/mcp/instances/{id}/bundle', {
        params: { path: { id: instanceId } },
      });
      if (error !== undefined) throw error as unknown as Error;
      save(`${name}-diagnosis.json`, JSON.stringify(data, null, 2));
    } catch (error) {
      notifyProblem(error, text.bundleFailed);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Group>
      <Button
        variant="default"
        leftSection={<IconDownload size={14} />}
        loading={isBusy}
        onClick={() => void download()}
        data-testid="diagnose-bundle"
      >
        {text.bundle}
      </Button>
    </Group>
  );
}

function save(name: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
