export { type Browser, describeInBrowser, NARROW, startBrowser, WIDE } from './chromium';
export { FreshStart } from './fresh-start';
export { headingHasFocus, press, tabTo } from './keyboard';
export { WayBetween } from './way-between';
export { ConsoleUnderTest, inPage, type OpenPage, SHOWN_MS, START_MS } from './console-under-test';
export { type Filled, fillWithData } from './fill-with-data';
export { faultsFor, overhang } from './look';
export { PageWatch } from './page-watch';
