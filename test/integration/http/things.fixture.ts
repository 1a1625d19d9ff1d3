import {
  Body,
  Controller,
  Get,
  Header,
  HttpCode,
  Module,
  Param,
  Patch,
  Post,
  Put,
  Query,
  type Type,
} from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Type as TransformTo } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Matches, Max, Min, ValidateNested } from 'class-validator';
import {
  ApiProblems,
  assertVersion,
  createHttpApp,
  type ExpectedVersions,
  type HttpAppOptions,
  IfMatch,
  ListQuery,
  Public,
  RequirePermission,
  UseETag,
  WaitQuery,
  withRowVersion,
} from '@app/http';
import { BulkheadFullError } from '@app/resilience';

class PortDto {
  @ApiProperty({ description: 'TCP port.', type: 'integer', minimum: 1, maximum: 65_535, example: 8_080 })
  @IsInt()
  @Min(1)
  @Max(65_535)
  readonly port!: number;
}

export class CreateThingDto {
  @ApiProperty({ description: 'Unique name.', example: 'docs-search' })
  @Matches(/^[a-z-]{1,20}$/, { message: 'name must be 1-20 lower-case letters or dashes' })
  readonly name!: string;

  @ApiProperty({ description: 'What it is.', enum: ['small', 'large'], example: 'small' })
  @IsIn(['small', 'large'])
  readonly size!: string;

  @ApiPropertyOptional({ description: 'Where it listens.', type: PortDto })
  @IsOptional()
  @ValidateNested()
  @TransformTo(() => PortDto)
  readonly listen?: PortDto;
}

class ThingDto {
  @ApiProperty({ description: 'The name.', example: 'docs-search' })
  readonly name!: string;

  @ApiProperty({ description: 'A note, if there is one.', type: 'string', nullable: true, example: null })
  readonly note!: string | null;
}

class ThingsQuery extends ListQuery {
  @ApiPropertyOptional({ description: 'Only of this size.', example: 'small' })
  @IsOptional()
  @IsString()
  readonly size?: string;
}

const VERSION = 3;

@RequirePermission('things:read')
@Controller({ path: 'mcp/servers', version: '1' })
export class ThingsController {
  static waited: unknown;
  /** What an unexpected error says must never be seen by a caller. */
  static readonly SECRET_DETAIL = 'password=hunter2 at /srv/app.ts';

  @Post()
  @ApiOperation({ operationId: 'createThing', summary: 'Create a thing', description: 'Makes one.' })
  @ApiProblems('stale_version')
  create(@Body() body: CreateThingDto): ThingDto {
    return { name: body.name, note: null };
  }

  @Get()
  @ApiOperation({ operationId: 'listThings', summary: 'List things', description: 'All of them.' })
  list(@Query() query: ThingsQuery) {
    return { things: [], limit: query.limit, next_cursor: query.size === 'small' ? 'abc' : null };
  }

  @Get('broken')
  @ApiOperation({ operationId: 'breakThing', summary: 'Break', description: 'Always fails.' })
  broken(): never {
    throw new Error(ThingsController.SECRET_DETAIL);
  }

  @Get('busy')
  @ApiOperation({ operationId: 'busyThing', summary: 'Busy', description: 'Always busy.' })
  busy(): never {
    throw new BulkheadFullError('The thing');
  }

  @Post('wait')
  @HttpCode(202)
  @ApiOperation({ operationId: 'waitThing', summary: 'Wait', description: 'Waits.' })
  wait(@Query() query: WaitQuery): object {
    ThingsController.waited = query.wait;
    return {};
  }

  @Get(':id')
  @ApiOkResponse({ description: 'The thing.', type: ThingDto })
  @ApiOperation({ operationId: 'getThing', summary: 'Read a thing', description: 'One of them.' })
  read(@Param('id') id: string): ThingDto {
    return withRowVersion({ name: id, note: null }, VERSION);
  }

  @Patch(':id')
  @UseETag()
  @ApiOperation({ operationId: 'updateThing', summary: 'Change a thing', description: 'Some of it.' })
  update(@Param('id') id: string, @IfMatch() expected: ExpectedVersions): ThingDto {
    assertVersion(expected, VERSION);
    return { name: id, note: null };
  }

  @Put(':id')
  @UseETag({ required: true })
  @ApiOperation({ operationId: 'replaceThing', summary: 'Replace a thing', description: 'All of it.' })
  replace(@Param('id') id: string, @IfMatch() expected: ExpectedVersions): ThingDto {
    assertVersion(expected, VERSION);
    return { name: id, note: null };
  }
}

@Controller('health')
class HealthController {
  @Get()
  @Public()
  @Header('cache-control', 'no-store')
  @ApiOperation({ operationId: 'readHealth', summary: 'Health', description: 'Is it well?' })
  read(): object {
    return { status: 'healthy' };
  }
}

@Module({ controllers: [ThingsController, HealthController] })
export class ThingsModule {}

export const silent = { log: () => undefined, warn: () => undefined, error: () => undefined };

export async function startThings(
  options: Partial<HttpAppOptions> = {},
  module: Type = ThingsModule,
): Promise<NestFastifyApplication> {
  const app = await createHttpApp(module, {
    logger: silent,
    version: '1.2.3',
    idempotency: false,
    ...options,
  });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}
