import { Card, Group, Table, Title } from '@mantine/core';
import { CopyButton, Mono } from '~/components';
import { text } from '../detail-text';
import classes from './detail.module.css';
import { type PanelProps } from './panel';

const words = text.overview;
/** As engines themselves shorten them. */
const SHORT = 12;

export function Containers({ instance }: PanelProps) {
  const containers = instance.containers ?? (instance.container === undefined ? [] : [instance.container]);
  if (containers.length === 0) return null;
  const isProcess = containers[0]?.engine === 'process';
  const { many, one } = words.place[isProcess ? 'process' : 'container'];
  return (
    <Card>
      <Title order={2} mb="sm">
        {many}
      </Title>
      <div className={classes.wide} tabIndex={0} role="region" aria-label={many}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{one}</Table.Th>
              <Table.Th>{isProcess ? words.program : words.image}</Table.Th>
              <Table.Th>{words.engine}</Table.Th>
              <Table.Th>{words.port}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {containers.map(({ id, image, image_digest: digest, engine, port }) => (
              <Table.Tr key={id}>
                <Table.Td>
                  <Group gap={4} wrap="nowrap">
                    <Mono>{id.slice(0, SHORT)}</Mono>
                    <CopyButton value={id} label={one} />
                  </Group>
                </Table.Td>
                <Table.Td title={digest ?? undefined}>
                  <Mono>{image}</Mono>
                </Table.Td>
                <Table.Td>{engine}</Table.Td>
                <Table.Td>{port}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </Card>
  );
}
