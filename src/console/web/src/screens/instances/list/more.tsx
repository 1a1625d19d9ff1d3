import { Center, Loader, Text } from '@mantine/core';
import { useIntersection } from '@mantine/hooks';
import { useEffect } from 'react';
import { text } from '../text';

/** The next page is asked for before the end of this one is reached. */
const AHEAD = '600px';

export function LoadMore({ busy, onMore }: { readonly busy: boolean; readonly onMore: () => void }) {
  const { ref, entry } = useIntersection({ rootMargin: AHEAD });
  const isNear = entry?.isIntersecting === true;
  useEffect(() => {
    if (isNear && !busy) onMore();
  }, [isNear, busy, onMore]);
  return (
    <Center ref={ref} h={40}>
      {busy && (
        <>
          <Loader size="xs" mr="xs" />
          <Text size="sm" c="dimmed">
            {text.loadingMore}
          </Text>
        </>
      )}
    </Center>
  );
}
