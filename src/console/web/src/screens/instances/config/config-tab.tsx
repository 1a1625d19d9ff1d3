import { Stack } from '@mantine/core';
import { type PanelProps } from '../detail/panel';
import { DriftCard } from './drift-card';
import { Generations } from './generations';
import { LabelsCard } from './labels-card';
import { ReplicasCard } from './replicas-card';
import { SpecEditor } from './spec-editor';

export default function ConfigTab({ instance }: PanelProps) {
  return (
    <Stack gap="md">
      <SpecEditor instance={instance} />
      <LabelsCard instance={instance} />
      <ReplicasCard instance={instance} />
      <DriftCard instance={instance} />
      <Generations instance={instance} />
    </Stack>
  );
}
