import { useDebouncedValue } from '@mantine/hooks';
import { type KeyboardEvent as KeyPress, useEffect, useId, useRef, useState } from 'react';
import { words } from '~/design/words';
import { matching, moved, type PaletteItem } from './palette-items';
import { Sheet } from './sheet';
import classes from './sheet.module.css';
import { usePaletteItems } from './use-palette-items';

const SETTLE_MS = 150;
const ICON_PX = 18;

/** Opens the palette of the page; there is one. */
let show: () => void = () => undefined;
export const openPalette = (): void => show();

/** ⌘K: every screen, what can be done, and servers, tools, agents and pipelines by name. */
export function Palette() {
  const [opened, setOpened] = useState(false);
  useEffect(() => {
    show = () => setOpened(true);
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      setOpened((before) => !before);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  return (
    <Sheet opened={opened} onClose={() => setOpened(false)} label={words.palette.open} testId="palette">
      <Choice onDone={() => setOpened(false)} />
    </Sheet>
  );
}

function Choice({ onDone }: { readonly onDone: () => void }) {
  const [typed, setTyped] = useState('');
  const [asked] = useDebouncedValue(typed.trim(), SETTLE_MS);
  const [at, setAt] = useState(0);
  const listId = useId();
  const shown = matching(usePaletteItems(asked), typed);
  const place = Math.min(at, shown.length - 1);
  const choose = (item: PaletteItem | undefined): void => {
    if (item === undefined) return;
    onDone();
    item.run();
  };
  const onKeyDown = (event: KeyPress): void => {
    const next = moved(event.key, place, shown.length);
    if (event.key === 'Enter') choose(shown[place]);
    else if (next !== undefined) setAt(next);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <input
        className={classes.field}
        role="combobox"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={shown[place] && `${listId}-${place}`}
        aria-label={words.palette.placeholder}
        placeholder={words.palette.placeholder}
        autoComplete="off"
        autoFocus
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
        data-testid="palette-field"
      />
      <ul className={classes.list} role="listbox" id={listId} aria-label={words.palette.open}>
        {shown.map((item, index) => (
          <Item
            key={item.id}
            id={`${listId}-${index}`}
            item={item}
            marked={index === place}
            onMark={() => setAt(index)}
            onChoose={() => choose(item)}
          />
        ))}
      </ul>
      {shown.length === 0 && <p className={classes.nothing}>{words.palette.nothing}</p>}
    </>
  );
}

interface ItemProps {
  readonly id: string;
  readonly item: PaletteItem;
  readonly marked: boolean;
  readonly onMark: () => void;
  readonly onChoose: () => void;
}

function Item({ id, item: { label, kind, icon: Icon }, marked, onMark, onChoose }: ItemProps) {
  const ref = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (marked) ref.current?.scrollIntoView({ block: 'nearest' });
  }, [marked]);
  return (
    <li
      ref={ref}
      id={id}
      role="option"
      className={classes.item}
      aria-selected={marked}
      onPointerMove={marked ? undefined : onMark}
      onClick={onChoose}
      data-testid="palette-item"
    >
      {Icon !== undefined && <Icon size={ICON_PX} aria-hidden />}
      <span className={classes.name}>{label}</span>
      {kind !== undefined && <span className={classes.kind}>{kind}</span>}
    </li>
  );
}
