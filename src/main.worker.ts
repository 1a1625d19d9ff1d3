import { runRole } from './app/run-role';

void runRole('worker');
