import { Skeleton, Stack } from '@mantine/core';
import { words } from '~/design/words';

/** What stands in the place of a screen while its code arrives. */
export const ScreenSkeleton = () => (
  <Stack gap="md" role="status" aria-label={words.loading}>
    <Skeleton height={28} width={240} />
    <Skeleton height={36} />
    <Skeleton height={240} />
  </Stack>
);
