import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import { rest } from '~/api/client';
import { useMay } from '~/api/me';
import { type components } from '~/api/schema.gen';
import { Mark, Notice, ProblemCard } from '~/components';
import { auditText as words } from '../more-text';

type Verdict = components['schemas']['AuditVerdictDto'];

interface Looked {
  readonly verdict?: Verdict;
  readonly rows: number;
  readonly links: number;
  readonly busy: boolean;
  readonly error?: unknown;
}

/** Recomputes the chain over the trail, as many links at a time as the server looks at in one request. */
export function Verification() {
  const isAllowed = useMay('audit:verify');
  const [looked, setLooked] = useState<Looked>({ rows: 0, links: 0, busy: false });
  if (!isAllowed) return null;
  const next = looked.verdict?.next_sequence ?? undefined;
  const look = async (): Promise<void> => {
    setLooked({ ...looked, busy: true });
    const query = next === undefined ? {} : { from_sequence: next };
    const { data, error } = await rest.GET('/api/v1/audit/verify', { params: { query } });
    if (data === undefined) {
      setLooked({ ...looked, busy: false, error });
      return;
    }
    const before = next === undefined ? { rows: 0, links: 0 } : looked;
    setLooked({
      verdict: data,
      rows: before.rows + data.rows,
      links: before.links + data.links,
      busy: false,
    });
  };
  return (
    <>
      <Group gap="sm">
        <Button
          variant="default"
          onClick={() => void look()}
          loading={looked.busy}
          data-testid="audit-verify"
        >
          {next === undefined ? words.verify : words.goOn}
        </Button>
        {looked.verdict?.status === 'intact' && (
          <span role="status" data-testid="audit-intact">
            <Mark tone="good">{words.intact(looked.rows, looked.links)}</Mark>
          </span>
        )}
      </Group>
      {looked.error !== undefined && <ProblemCard problem={looked.error} />}
      {looked.verdict?.status === 'broken' && (
        <Notice tone="bad" title={words.broken} testId="audit-broken">
          {looked.verdict.first_broken?.detail}
        </Notice>
      )}
    </>
  );
}
