import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const CODE = /^[a-z][a-z0-9_]{0,63}$/;
const STATUS_LINE = /^Status: (\d{3})$/m;
/** From a built file three levels deeper than from a source; no project is deeper than this. */
const MAX_LEVELS_UP = 8;

/** `docs/errors/<code>.md`: what a code means, why it happens, what to do. */
export class ErrorPages {
  private readonly dir: string;
  private readonly pages = new Map<string, string>();

  constructor(dir = findPages()) {
    this.dir = dir;
  }

  /** The page's Markdown; undefined when there is none. */
  read(code: string): string | undefined {
    if (!CODE.test(code)) return undefined;
    const known = this.pages.get(code);
    if (known !== undefined) return known;
    const file = join(this.dir, `${code}.md`);
    if (!existsSync(file)) return undefined;
    const page = readFileSync(file, 'utf8');
    this.pages.set(code, page);
    return page;
  }

  /** The HTTP status that a page names. A code without a page is a mistake that the build of the document reports. */
  statusOf(code: string): string {
    const status = STATUS_LINE.exec(this.read(code) ?? '')?.[1];
    if (status === undefined)
      throw new Error(`docs/errors/${code}.md is missing, or has no line "Status: NNN".`);
    return status;
  }
}

function findPages(): string {
  let dir = __dirname;
  for (let level = 0; level < MAX_LEVELS_UP; level += 1) {
    const candidate = join(dir, 'docs', 'errors');
    if (existsSync(candidate)) return candidate;
    dir = dirname(dir);
  }
  throw new Error('docs/errors was not found beside the program.');
}
