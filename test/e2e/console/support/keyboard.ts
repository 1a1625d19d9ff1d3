import { type Locator, type Page } from 'playwright-core';
import { eventually } from '@app/testing';
import { SHOWN_MS } from './console-under-test';

/** More than any screen has to step through; a circle that leads nowhere ends here. */
const STEPS_MAX = 150;

/** Steps from one element to the next until the wanted one has the focus, as people without a pointer do. */
export async function tabTo(page: Page, wanted: Locator): Promise<void> {
  await wanted.first().waitFor();
  for (let step = 0; step < STEPS_MAX; step += 1) {
    await page.keyboard.press('Tab');
    if ((await wanted.and(page.locator(':focus')).count()) > 0) return;
  }
  throw new Error(`${String(STEPS_MAX)} steps did not lead to ${String(wanted)}.`);
}

/** Presses what is meant to be pressed, once the focus has come to it. */
export async function press(page: Page, wanted: Locator, key = 'Enter'): Promise<void> {
  await tabTo(page, wanted);
  await page.keyboard.press(key);
}

/** After another screen was opened the focus is on its heading: from there on one steps through it. */
export async function headingHasFocus(page: Page): Promise<void> {
  await eventually(
    async () => {
      if ((await page.locator('h1:focus').count()) === 0)
        throw new Error('The heading has not got the focus.');
    },
    { deadlineMs: SHOWN_MS, everyMs: 25 },
  );
}
