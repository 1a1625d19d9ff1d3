import { Body, Controller, Delete, Get, HttpCode, Param, Put } from '@nestjs/common';
import {
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiProperty,
  ApiTags,
} from '@nestjs/swagger';
import { ApiProblems, RequirePermission } from '@app/http';
import { principalOfRequest } from '@app/telemetry';
import { Matches } from 'class-validator';
import { presentView, PutViewDto, SavedViewDto, SavedViewListDto } from './saved-views.dto';
import { SavedViews } from './saved-views';

const NAME = { name: 'name', description: 'Its name.', example: 'what failed' };
const NAMES = /^[^\p{C}/]{1,63}$/u;

class ViewName {
  @ApiProperty({ ...NAME })
  @Matches(NAMES, { message: 'name must be 1-63 characters without slashes' })
  readonly name!: string;
}

@ApiTags('identity')
@Controller({ path: 'me/views', version: '1' })
export class SavedViewsController {
  constructor(private readonly views: SavedViews) {}

  @Get()
  @RequirePermission('me:read')
  @ApiOperation({
    operationId: 'listSavedViews',
    summary: 'Views of lists that the caller saved',
    description: 'Filters and orders of lists of the console, under names; seen by nobody else.',
  })
  @ApiOkResponse({ type: SavedViewListDto })
  @ApiProblems('unauthenticated', 'database_unavailable')
  async list(): Promise<SavedViewListDto> {
    return { views: (await this.views.list(principalOfRequest())).map(presentView) };
  }

  @Put(':name')
  @RequirePermission('me:update')
  @ApiOperation({
    operationId: 'putSavedView',
    summary: 'Save a view of a list',
    description: 'Under a name that is there it takes the place of the one before.',
  })
  @ApiParam(NAME)
  @ApiOkResponse({ type: SavedViewDto })
  @ApiProblems('unauthenticated', 'too_many_views', 'database_unavailable')
  async put(@Param() { name }: ViewName, @Body() { path }: PutViewDto): Promise<SavedViewDto> {
    return presentView(await this.views.put(principalOfRequest(), name, path));
  }

  @Delete(':name')
  @HttpCode(204)
  @RequirePermission('me:update')
  @ApiOperation({
    operationId: 'removeSavedView',
    summary: 'Remove a saved view',
    description: 'One that is not there is removed already.',
  })
  @ApiParam(NAME)
  @ApiNoContentResponse()
  @ApiProblems('unauthenticated', 'database_unavailable')
  async remove(@Param() { name }: ViewName): Promise<void> {
    await this.views.remove(principalOfRequest(), name);
  }
}
