export { type ConsoleOptions, mountConsole } from './mount-console';
