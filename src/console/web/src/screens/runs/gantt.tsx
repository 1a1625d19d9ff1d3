import { Stack, Text, Title } from '@mantine/core';
import { useNow } from '~/components';
import { formatDuration } from '~/design/format';
import { toneOf } from '~/design/status-tone';
import classes from './gantt.module.css';
import { type Bar, barsOf, spanOf } from './bars';
import { isOver, type Run } from './run';
import { text } from './text';

/** More rows are no picture any more; the table of stages has all of them. */
const ROWS_MAX = 300;

interface GanttProps {
  readonly run: Run;
  readonly selected: number | undefined;
  readonly onSelect: (stage: number) => void;
}

/** A row for each stage and a bar for each attempt of it; growing while it works. */
export function Gantt({ run, selected, onSelect }: GanttProps) {
  const now = useNow();
  const span = spanOf(run, isOver(run) ? undefined : now);
  const rows = run.stages.slice(0, ROWS_MAX);
  return (
    <Stack gap="xs" component="section" aria-label={text.gantt} data-testid="run-gantt">
      <Title order={2}>{text.gantt}</Title>
      <div className={classes.chart}>
        {rows.map((stage) => (
          <button
            key={stage.stage}
            type="button"
            className={classes.row}
            aria-pressed={selected === stage.stage}
            onClick={() => onSelect(stage.stage)}
          >
            <span className={classes.name}>{stage.name}</span>
            <span className={classes.track}>
              {barsOf(stage, now).map((bar) => (
                <BarShape key={bar.key} bar={bar} from={span.from} ms={span.ms} />
              ))}
            </span>
          </button>
        ))}
        <div className={classes.axis} aria-hidden>
          <span />
          <span className={classes.ticks}>
            <span>0</span>
            <span className="q-figures">{formatDuration(span.ms / 2)}</span>
            <span className="q-figures">{formatDuration(span.ms)}</span>
          </span>
        </div>
      </div>
      {run.stages.length > ROWS_MAX && (
        <Text size="xs" c="dimmed">
          {text.ganttCut(ROWS_MAX, run.stages.length)}
        </Text>
      )}
    </Stack>
  );
}

function BarShape({ bar, from, ms }: { readonly bar: Bar; readonly from: number; readonly ms: number }) {
  const left = ((bar.from - from) / ms) * 100;
  const width = ((bar.to - bar.from) / ms) * 100;
  return (
    <span
      className={classes.bar}
      data-tone={toneOf('work', bar.status)}
      style={{ left: `${Math.min(left, 99)}%`, width: `max(3px, ${Math.min(width, 100)}%)` }}
      title={`${bar.status}, ${formatDuration(bar.to - bar.from)}`}
    />
  );
}
