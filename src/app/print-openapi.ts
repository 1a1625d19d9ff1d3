import { buildOpenApi } from '@app/http';
import { VERSION } from './version';
import { TAGS } from './openapi-tags';
import { unstartedApp } from './unused-platform';

/** Writes the document to standard output; the process then ends whatever timers the parts hold. */
async function printOpenApi(): Promise<void> {
  const app = await unstartedApp('all-in-one');
  const text = `${JSON.stringify(buildOpenApi(app, { version: VERSION, tags: TAGS }), null, 2)}\n`;
  process.stdout.write(text, () => process.exit(0));
}

void printOpenApi();
