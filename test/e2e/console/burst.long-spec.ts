import { eventually } from '@app/testing';
import { ConsoleUnderTest, describeInBrowser, inPage, SHOWN_MS, START_MS } from './support';
import { longestTaskDuring } from './support/main-thread';

jest.setTimeout(START_MS);

const BATCHES = 10;
const BATCH = 500;
const ROWS = 20;
/** No frame waits longer. */
const FRAME_MS = 200;

describeInBrowser('under five thousand events', () => {
  let console: ConsoleUnderTest;
  beforeAll(async () => {
    console = await ConsoleUnderTest.start();
  }, START_MS);
  afterAll(() => (console as ConsoleUnderTest | undefined)?.stop());

  it('a list ends as the server has it, each row once, without being loaded anew', async () => {
    const { api } = console.quayside;
    const { page, watch } = await console.open('/tasks');
    await inPage(page, 'window.kept = true');
    const longest = await longestTaskDuring(page, async () => {
      for (let batch = 0; batch < BATCHES; batch += 1)
        await api.ok('POST', '/api/v1/tasks/batch', {
          tasks: Array.from({ length: BATCH }, () => ({ type: 'nobody-does-it', payload: {} })),
        });
      await page.locator('[data-testid="live"][data-live="live"]').waitFor();
    });
    expect(longest).toBeLessThan(FRAME_MS);
    const newest = await api.ok<{ tasks: { task_id: string }[] }>(
      'GET',
      `/api/v1/tasks?limit=${String(ROWS)}`,
    );
    await eventually(
      async () => {
        const shown = await inPage<string[]>(
          page,
          `[...document.querySelectorAll('[data-row]')].map((row) => row.dataset.row)`,
        );
        expect(shown.slice(0, ROWS)).toEqual(newest.tasks.map(({ task_id: id }) => id));
        expect(new Set(shown).size).toBe(shown.length);
      },
      { deadlineMs: SHOWN_MS, everyMs: 50 },
    );
    await page.locator('[data-testid="live"][data-live="live"]').waitFor();
    expect([await inPage(page, 'window.kept'), ...watch.take()]).toEqual([true]);
  });
});
