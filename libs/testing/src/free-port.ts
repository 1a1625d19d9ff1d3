import { chooseFreePort } from '@app/database';

/** A free port below those that the system gives to outgoing connections. */
export const freePort = (): Promise<number> => chooseFreePort();
