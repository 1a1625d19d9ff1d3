import { type Logger } from '@app/telemetry';
import { type StoredSettings } from '../settings';

const EVERYTHING = 'debug';

/** Somebody who looks for something wants to see more, at once and without a start; afterwards it is as it was started. */
export function followLogLevel(
  settings: Pick<StoredSettings, 'get' | 'onChange'>,
  logger: Pick<Logger, 'setLevel' | 'info'>,
  configured: string,
): void {
  let isDebug = false;
  settings.onChange(() => {
    const wanted = settings.get('log_debug');
    if (wanted === isDebug) return;
    isDebug = wanted;
    logger.setLevel(wanted ? EVERYTHING : configured);
    logger.info(
      wanted ? 'lines of level debug are written' : `lines of level ${configured} are written again`,
    );
  });
}
