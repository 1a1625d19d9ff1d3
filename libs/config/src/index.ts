export { systemPath } from './system-path';
