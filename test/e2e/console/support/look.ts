import { readFileSync } from 'node:fs';
import { type Page } from 'playwright-core';
import { inPage } from './console-under-test';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
/** What somebody cannot read or cannot use; lesser findings are matters of taste. */
const GRAVE = ['serious', 'critical'];

/**
 * Faults of accessibility, one line each. `colours` looks at those alone: they are all that another theme changes. Nothing is
 * loaded ahead: that would put styles into the page, which its policy forbids.
 */
export async function faultsFor(page: Page, what: 'everything' | 'colours'): Promise<readonly string[]> {
  if (!(await inPage<boolean>(page, 'typeof axe === "object"'))) await inPage(page, `${AXE}; undefined`);
  // The size of targets is a rule of WCAG 2.2 that has to be asked for.
  const rules =
    what === 'colours' ? `runOnly: ['color-contrast']` : `rules: { 'target-size': { enabled: true } }`;
  return inPage<string[]>(
    page,
    `axe.run(document, { preload: false, resultTypes: ['violations'], ${rules} }).then(({ violations }) => violations
      .filter(({ impact }) => ${JSON.stringify(GRAVE)}.includes(impact))
      .flatMap(({ id, nodes }) => nodes.slice(0, 3).map(({ target, any }) =>
        id + ' at ' + target.join(' ') + ': ' + (any[0]?.message ?? ''))))`,
  );
}

/** How far the page is wider than the window: people would have to scroll sideways. */
export const overhang = (page: Page): Promise<number> =>
  inPage<number>(page, 'document.documentElement.scrollWidth - document.documentElement.clientWidth');
