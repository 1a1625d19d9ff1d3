import { runRole } from './app/run-role';

void runRole('all-in-one');
