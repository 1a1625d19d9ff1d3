import { Tooltip } from '@mantine/core';
import { useNow } from '~/components/times';
import { words } from '~/design/words';
import { useLiveState } from '~/live/live';
import { type LiveState } from '~/live/live-state';
import classes from './frame.module.css';

/** Whether changes arrive: never greener than it is. */
export function LiveDot() {
  const state = useLiveState();
  return (
    <Tooltip label={words.live.title[state.kind]} multiline maw={260}>
      <span className={classes.dot} data-live={state.kind} data-testid="live" role="status" tabIndex={0}>
        {state.kind === 'stale' ? <StaleFor {...state} /> : words.live[state.kind]}
      </span>
    </Tooltip>
  );
}

function StaleFor({ since }: Extract<LiveState, { kind: 'stale' }>) {
  // The clock of the page stands still while it is stale; this one figure must not.
  useNow();
  return <>{words.live.stale(Math.round((Date.now() - since) / 1_000))}</>;
}
