export { type Browser, describeInBrowser, startBrowser } from './chromium';
export { FreshStart } from './fresh-start';
export { headingHasFocus, press, tabTo } from './keyboard';
export { WayBetween } from './way-between';
export { ConsoleUnderTest, inPage, type OpenPage, SHOWN_MS, START_MS } from './console-under-test';
export { faultsFor, overhang } from './look';
export { PageWatch } from './page-watch';
export { loaded } from './loaded';
