export { type PlainHead } from './plain-head';
export { PlainRequest } from './plain-request';
export { type PlainLimits, PlainServer, type PlainTaker } from './plain-server';
export { type RawRequest, type RawResponse } from './raw-exchange';
