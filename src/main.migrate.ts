import { runMigrationsOnly } from './app/migrate';

void runMigrationsOnly();
