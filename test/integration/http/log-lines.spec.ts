import { Body, Controller, Logger, Module, Param, Post } from '@nestjs/common';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiOperation, ApiProperty } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { RequirePermission } from '@app/http';
import { createLogger, NestLogger, requestContext } from '@app/telemetry';
import { startThings } from './things.fixture';

class NoteDto {
  @ApiProperty({ description: 'A text.', example: 'text' })
  @IsString()
  readonly text!: string;
}

/** Says once per request what it was sent, in every way in which text gets into a log. */
@RequirePermission('things:read')
@Controller({ path: 'notes', version: '1' })
class NotesController {
  private readonly logger = new Logger(NotesController.name);

  @Post(':id')
  @ApiOperation({ operationId: 'takeNote', summary: 'Take a note', description: 'Logs it.' })
  take(@Param('id') id: string, @Body() { text }: NoteDto): object {
    this.logger.log(`${id} said ${text} in ${requestContext.get()?.requestId ?? ''}`);
    return {};
  }

  @Post(':id/broken')
  @ApiOperation({ operationId: 'breakNote', summary: 'Fail', description: 'Fails with what it was sent.' })
  fail(@Param('id') id: string, @Body() { text }: NoteDto): never {
    throw Object.assign(new Error(`${id}: ${text}`), { cause: new Error(text), sent: { [text]: text } });
  }
}

@Module({ controllers: [NotesController] })
class NotesModule {}

const FORGED = '{"level":"info","msg":"all is well"}';
const TEXTS = [
  `a\n${FORGED}`,
  `a\r\n${FORGED}\r\n`,
  `a\u2028${FORGED}\u2029b\u0085c`,
  'nul \u0000 bell \u0007 escape \u001b[2J\u001b]0;title\u0007 delete \u007f',
  'right to left \u202e txt.exe',
  '"}\n{"level":"fatal","msg":"quoted"}',
  '%s%d%j%o\n%c',
  '\ud800 half of a pair\n',
];

describe('E19: the log', () => {
  let app: NestFastifyApplication;
  const written: string[] = [];

  beforeAll(async () => {
    const destination = { write: (text: string) => written.push(text) };
    const logger = createLogger({ level: 'info', role: 'test', destination });
    app = await startThings({ logger: new NestLogger(logger) }, NotesModule);
  });
  afterAll(() => app.close());

  it.each(['', '/broken'])(
    'has one valid line per request, whatever control characters are in it: %s',
    async (path) => {
      written.length = 0;
      let reached = 0;
      for (const text of TEXTS) {
        const { statusCode } = await app.inject({
          method: 'POST',
          url: `/api/v1/notes/${encodeURIComponent(`id\n${FORGED}`)}${path}`,
          headers: { host: 'localhost', 'content-type': 'application/json', 'user-agent': 'agent\tx' },
          payload: JSON.stringify({ text }),
        });
        // What no store could keep is refused at the door, and not worth a line.
        if (statusCode !== 400) reached += 1;
      }
      expect(reached).toBeGreaterThanOrEqual(6);
      const lines = written.join('').split('\n').slice(0, -1);
      expect(lines).toHaveLength(reached);
      for (const line of lines) {
        const entry = JSON.parse(line) as { msg: string };
        expect(entry.msg).not.toBe('all is well');
        expect(line).not.toMatch(/[\u0000-\u001f\u007f]/);
      }
    },
  );
});
