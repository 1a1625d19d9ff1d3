import { Table } from '@mantine/core';
import { type components } from '~/api/schema.gen';
import { formatDuration, formatNumber } from '~/design/format';
import { text } from '../detail-text';
import classes from './detail.module.css';

export type Point = components['schemas']['MetricPointDto'];

const words = text.metrics;
const TIME = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });
export const timeText = (at: string): string => TIME.format(new Date(at));

const msText = (ms: number | null): string => (ms === null ? '' : formatDuration(ms));

/** The same figures as the charts, newest first; times without calls are left out. */
export function PointTable({ points }: { readonly points: readonly Point[] }) {
  const told = points.filter(({ calls }) => calls > 0).reverse();
  return (
    <div className={classes.wide} tabIndex={0} role="region" aria-label={words.table}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.time}</Table.Th>
            <Table.Th ta="right">{words.calls}</Table.Th>
            <Table.Th ta="right">{words.failed}</Table.Th>
            <Table.Th ta="right">{words.p50}</Table.Th>
            <Table.Th ta="right">{words.p95}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {told.map(({ at, calls, failed, p50_ms: p50, p95_ms: p95 }) => (
            <Table.Tr key={at}>
              <Table.Td>{timeText(at)}</Table.Td>
              <Table.Td ta="right">{formatNumber(calls)}</Table.Td>
              <Table.Td ta="right">{formatNumber(failed)}</Table.Td>
              <Table.Td ta="right">{msText(p50)}</Table.Td>
              <Table.Td ta="right">{msText(p95)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
