import { Button, Group } from '@mantine/core';
import { type ReactNode, useRef, useState } from 'react';
import { words } from '~/design/words';
import { calm } from '~/live/calm';

interface CalmRowsProps<R> {
  readonly rows: readonly R[];
  readonly rowId: (row: R) => string;
  readonly testId: string;
  readonly children: (rows: readonly R[]) => ReactNode;
}

/** A list that stands still under the pointer: what would push rows away waits, and is counted. */
export function CalmRows<R>({ rows, rowId, testId, children }: CalmRowsProps<R>) {
  const [frozen, setFrozen] = useState<readonly string[]>();
  const latest = useRef(rows);
  latest.current = rows;
  const { rows: shown, arrivals } = calm(rows, frozen, rowId);
  const release = (): void => setFrozen(undefined);
  return (
    <div onPointerEnter={() => setFrozen(latest.current.map(rowId))} onPointerLeave={release}>
      {arrivals > 0 && (
        <Group justify="flex-end" mb={4}>
          <Button size="compact-sm" variant="light" onClick={release} data-testid={`${testId}-arrivals`}>
            {words.newRows(arrivals)}
          </Button>
        </Group>
      )}
      {children(shown)}
    </div>
  );
}
