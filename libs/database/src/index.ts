export { ArrayColumn, arrayOf, type ColumnType } from './array-column';
export { BackupDamagedError, type BackupHead } from './backup/backup-format';
export { dumpDatabase } from './backup/dump';
export { restoreDatabase, type RestoreOptions } from './backup/restore';
export { FLOAT4, INT4, TEXT, TIMESTAMPTZ, UUID } from './column-types';
export { type DatabaseOptions } from './connection-options';
export { Database, type IsolationLevel } from './database';
export { DatabaseClock } from './database-clock';
export {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from './embedded/embedded-postgres';
export { EmbeddedPostgresError } from './embedded/embedded-postgres-error';
export { chooseFreePort } from './embedded/ports';
export {
  DatabaseUnavailableError,
  isDatabaseUnavailable,
  isForeignKeyViolation,
  isUniqueViolation,
  SchemaTooNewError,
  SchemaTooOldError,
} from './errors';
export { Lead, type LeadOptions } from './lead';
export { Lease, type LeaseOptions } from './lease';
export { type MigrationOptions, missingMigrations, runMigrations } from './migrations';
export { PgNotifications } from './pg-notifications';
export { prepared } from './prepared';
export { storableJson } from './storable-json';
