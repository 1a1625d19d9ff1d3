export { describeInBrowser, NARROW, WIDE } from './chromium';
export { ConsoleUnderTest, inPage, type OpenPage, SHOWN_MS, START_MS } from './console-under-test';
export { type Filled, fillWithData } from './fill-with-data';
export { faultsFor, overhang } from './look';
