import { InvalidEnvironmentError } from '@app/config';
import { SchemaTooNewError } from '@app/database';
import { InvalidEgressEntryError, InvalidKeyringError } from '@app/security';
import { type Logger, UnknownSamplerError } from '@app/telemetry';
import { InvalidSecretProviderError } from '../secrets';

/** sysexits EX_CONFIG: starting again will not help before somebody has changed something. */
const EXIT_CONFIG = 78;
const EXIT_FAILURE = 1;

const CONFIGURATION_FAULTS = [
  InvalidEnvironmentError,
  InvalidKeyringError,
  InvalidEgressEntryError,
  InvalidSecretProviderError,
  SchemaTooNewError,
  UnknownSamplerError,
];

const isConfiguration = (error: unknown): boolean =>
  CONFIGURATION_FAULTS.some((kind) => error instanceof kind);

/** One report for whoever started the process, then the end. */
export function explainAndExit(error: unknown, logger: Logger): never {
  if (isConfiguration(error) && error instanceof Error) {
    logger.error(error.message);
    process.exit(EXIT_CONFIG);
  }
  logger.error({ err: error }, 'the process could not start');
  process.exit(EXIT_FAILURE);
}
