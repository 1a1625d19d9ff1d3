import { Button, Checkbox, Chip, Group, Stack, Text, TextInput, Tooltip } from '@mantine/core';
import { IconArrowDown, IconDownload, IconSearch } from '@tabler/icons-react';
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { Virtuoso, type VirtuosoHandle } from 'react-virtuoso';
import { isTyping } from '~/shell/typing';
import { LogEntryLine } from './log-entry';
import { entriesOf, type Level, LEVELS, LOST, matching } from './log-lines';
import { type LogViewProps } from '../log-view';
import { text } from './text';
import classes from './log-view.module.css';

const HEIGHT = 'min(60vh, 640px)';

export default function LogViewView(props: LogViewProps) {
  const { log, label, live, empty, testId } = props;
  const [search, setSearch] = useState('');
  const [levels, setLevels] = useState<ReadonlySet<Level>>(new Set(LEVELS));
  const [wrap, setWrap] = useState(true);
  const view = useFollow(log.dropped + log.lines.length, live);
  const wanted = useDeferredValue(search);
  const entries = useMemo(() => entriesOf(log), [log]);
  const shown = useMemo(() => matching(entries, { text: wanted, levels }), [entries, wanted, levels]);
  return (
    <Stack gap="xs" data-testid={testId} data-lines={log.lines.length} data-following={view.following}>
      <Group gap="sm" className={classes.bar}>
        {props.tools}
        <TextInput
          size="xs"
          w={220}
          type="search"
          leftSection={<IconSearch size={13} aria-hidden />}
          placeholder={text.search}
          aria-label={text.search}
          data-search
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          data-testid={`${testId}-search`}
        />
        <Levels levels={levels} onChange={setLevels} />
        <Checkbox
          size="xs"
          label={text.wrap}
          checked={wrap}
          onChange={() => setWrap(!wrap)}
          data-testid={`${testId}-wrap`}
        />
        {live && (
          <Tooltip label={text.followHint}>
            <Checkbox
              size="xs"
              label={text.follow}
              checked={view.following}
              onChange={() => view.follow(!view.following)}
              data-testid={`${testId}-follow`}
            />
          </Tooltip>
        )}
        <Download log={log} fileName={props.fileName} testId={testId} />
      </Group>
      {log.dropped > 0 && (
        <Text size="xs" c="dimmed">
          {text.dropped(log.dropped)}
        </Text>
      )}
      {shown.length === 0 ? (
        <div className={classes.frame}>
          <div className={classes.nothing}>{log.lines.length === 0 ? empty : text.none}</div>
        </div>
      ) : (
        <div className={classes.frame} data-wrap={wrap}>
          <Virtuoso
            ref={view.list}
            // Its own height is written on the element, where a class cannot reach it.
            style={{ height: HEIGHT }}
            role="log"
            aria-label={label}
            aria-live="off"
            tabIndex={0}
            data={shown}
            computeItemKey={(_, entry) => entry.number}
            initialTopMostItemIndex={shown.length - 1}
            followOutput={() => (view.following ? 'auto' : false)}
            atBottomStateChange={view.onBottom}
            atBottomThreshold={40}
            itemContent={(_, entry) => <LogEntryLine entry={entry} search={wanted} />}
          />
          {live && !view.following && view.unseen > 0 && (
            <Button
              size="compact-xs"
              className={classes.resume}
              leftSection={<IconArrowDown size={12} />}
              onClick={() => view.follow(true)}
              data-testid={`${testId}-resume`}
            >
              {text.newLines(view.unseen)}
            </Button>
          )}
        </div>
      )}
    </Stack>
  );
}

/** Follows until the reader scrolls up; then counts what comes, and f or the button leads back to the end. */
function useFollow(total: number, live: boolean) {
  const list = useRef<VirtuosoHandle>(null);
  const [following, setFollowing] = useState(true);
  const [seen, setSeen] = useState(total);
  const follow = (wanted: boolean): void => {
    setFollowing(wanted);
    setSeen(total);
    if (wanted) list.current?.scrollToIndex({ index: 'LAST', align: 'end' });
  };
  const latest = useRef(() => follow(!following));
  latest.current = () => follow(!following);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'f' && live && !isTyping(event)) latest.current();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [live]);
  const onBottom = (isBottom: boolean): void => {
    // Leaving the end by scrolling ends following; lines that come do not, since they are scrolled to.
    setFollowing(isBottom);
    setSeen(total);
  };
  return { list, following, follow, onBottom, unseen: following ? 0 : Math.max(0, total - seen) };
}

function Levels(props: {
  readonly levels: ReadonlySet<Level>;
  readonly onChange: (levels: ReadonlySet<Level>) => void;
}) {
  return (
    <Chip.Group
      multiple
      value={[...props.levels]}
      onChange={(chosen) => props.onChange(new Set(LEVELS.filter((level) => chosen.includes(level))))}
    >
      <Group gap={4} role="group" aria-label={text.levels}>
        {LEVELS.map((level) => (
          <Chip key={level} value={level} size="xs" variant="outline">
            {level}
          </Chip>
        ))}
      </Group>
    </Chip.Group>
  );
}

/** Made when it is asked for, in the page: what was read is what is saved. */
function Download({ log, fileName, testId }: Pick<LogViewProps, 'log' | 'fileName' | 'testId'>) {
  const save = (): void => {
    const lines = log.lines.map((line) => (line === LOST ? `--- ${text.lost}` : line));
    const address = URL.createObjectURL(new Blob([`${lines.join('\n')}\n`], { type: 'text/plain' }));
    const link = document.createElement('a');
    link.href = address;
    link.download = fileName;
    link.click();
    URL.revokeObjectURL(address);
  };
  return (
    <Button
      size="compact-sm"
      variant="default"
      leftSection={<IconDownload size={13} />}
      onClick={save}
      disabled={log.lines.length === 0}
      data-testid={`${testId}-download`}
    >
      {text.download}
    </Button>
  );
}
