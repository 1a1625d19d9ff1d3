import { ActionIcon } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useState } from 'react';
import { CopyButton } from './copy-button';
import classes from './json-view.module.css';

interface JsonViewProps {
  readonly value: unknown;
  readonly label: string;
  /** Levels that are open at first. */
  readonly open?: number;
  readonly testId?: string;
}

/** More members than this are shown after a click: a list of 10,000 would freeze the page. */
const MAX_MEMBERS = 200;

/** A JSON value as a tree that opens and closes, with a button that copies the whole. */
export function JsonView({ value, label, open = 2, testId }: JsonViewProps) {
  return (
    <div className={classes.tree} data-testid={testId} role="group" aria-label={label}>
      <div className={classes.copy}>
        <CopyButton value={jsonOf(value, 2)} label={label} />
      </div>
      <Node name={undefined} value={value} open={open} />
    </div>
  );
}

interface NodeProps {
  readonly name: string | undefined;
  readonly value: unknown;
  readonly open: number;
}

function Node({ name, value, open }: NodeProps) {
  if (typeof value === 'object' && value !== null) return <Branch name={name} value={value} open={open} />;
  return (
    <div className={classes.leaf}>
      <Name name={name} />
      <span data-kind={value === null ? 'null' : typeof value}>{jsonOf(value)}</span>
    </div>
  );
}

function Branch({ name, value, open }: NodeProps & { readonly value: object }) {
  const [isOpen, setOpen] = useState(open > 0);
  const [limit, setLimit] = useState(MAX_MEMBERS);
  const members: readonly [string, unknown][] = Object.entries(value);
  const isList = Array.isArray(value);
  const summary = isList ? `[${members.length}]` : `{${members.length}}`;
  return (
    <div>
      <div className={classes.head}>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={24}
          aria-expanded={isOpen}
          aria-label={name ?? summary}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? <IconChevronDown size={12} /> : <IconChevronRight size={12} />}
        </ActionIcon>
        <Name name={name} />
        <span className={classes.summary}>{summary}</span>
      </div>
      {isOpen && (
        <div className={classes.members}>
          {members.slice(0, limit).map(([key, member]) => (
            <Node key={key} name={key} value={member} open={open - 1} />
          ))}
          {members.length > limit && (
            <button type="button" className={classes.more} onClick={() => setLimit(limit * 2)}>
              … {members.length - limit}
            </button>
          )}
        </div>
      )}
    </div>
  );
}

/** `undefined` has no JSON; its own word is shown. */
const jsonOf = (value: unknown, indent?: number): string =>
  value === undefined ? 'undefined' : JSON.stringify(value, null, indent);

const Name = ({ name }: { readonly name: string | undefined }) =>
  name === undefined ? null : <span className={classes.name}>{name}: </span>;
