/** A table with its header, and what is written below it up to the next one. */
interface Block {
  readonly header: string;
  readonly lines: readonly string[];
}

const HEADER = /^\s*(\[\[?[^\]]+\]\]?)\s*(?:#.*)?$/;

/**
 * Whole tables of ours into theirs. TOML needs no more: a client's server is a table of its own, and a list of them is told apart
 * by the name that each says.
 */
export function mergeToml(theirs: string, ours: string): string {
  return blocksOf(ours)
    .filter(({ header }) => header !== '')
    .reduce(withBlock, theirs);
}

function withBlock(text: string, block: Block): string {
  const blocks = blocksOf(text);
  const at = blocks.findIndex((each) => each.header === block.header && nameOf(each) === nameOf(block));
  const fresh = content(block);
  if (at < 0) return text.trim() === '' ? `${fresh}\n` : `${text.trimEnd()}\n\n${fresh}\n`;
  const known = blocks[at] ?? block;
  if (content(known) === fresh) return text;
  // What is written between two tables is about the next one.
  const rest = known.lines.slice(content(known).split('\n').length).join('\n');
  return blocks.map((each, index) => (index === at ? `${fresh}\n${rest}` : each.lines.join('\n'))).join('\n');
}

const nameOf = ({ header, lines }: Block): string =>
  header.startsWith('[[') ? (lines.find((line) => /^\s*name\s*=/.test(line))?.trim() ?? '') : '';

const content = ({ lines }: Block): string => {
  const last = lines.findLastIndex((line) => !/^\s*(?:#.*)?$/.test(line));
  return lines.slice(0, last + 1).join('\n');
};

/** The first one has no header: what stands before all tables. */
function blocksOf(text: string): readonly Block[] {
  const blocks: { header: string; lines: string[] }[] = [{ header: '', lines: [] }];
  for (const line of text.split('\n')) {
    const [, header] = HEADER.exec(line) ?? [];
    if (header !== undefined) blocks.push({ header, lines: [line] });
    else blocks.at(-1)?.lines.push(line);
  }
  return blocks;
}
