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
    <Tooltip label={titleOf(state)} multiline maw={260}>
      <span
        className={classes.dot}
        data-live={state.kind}
        data-way={state.kind === 'live' ? state.by : undefined}
        data-testid="live"
        role="status"
        tabIndex={0}
      >
        <Word state={state} />
      </span>
    </Tooltip>
  );
}

const titleOf = (state: LiveState): string =>
  state.kind === 'live' ? words.live.title.by[state.by] : words.live.title[state.kind];

function Word({ state }: { readonly state: LiveState }) {
  if (state.kind === 'stale') return <StaleFor {...state} />;
  return state.kind === 'live' ? words.live.by[state.by] : words.live[state.kind];
}

function StaleFor({ since }: Extract<LiveState, { kind: 'stale' }>) {
  // The clock of the page stands still while it is stale; this one figure must not.
  useNow();
  return <>{words.live.stale(Math.round((Date.now() - since) / 1_000))}</>;
}
