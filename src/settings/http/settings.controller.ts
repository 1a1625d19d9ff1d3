import { Body, Controller, Delete, Get, Param, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import {
  ApiProblems,
  type ExpectedVersions,
  IfMatch,
  RequirePermission,
  UseETag,
  withRowVersion,
} from '@app/http';
import { SettingsKeeper, type SettingView } from '../settings-keeper';
import { presentSetting, PutSettingDto, SettingDto, SettingListDto } from './setting.dto';

const NAME = { name: 'name', description: 'Of the setting.', example: 'gateway_max_staleness_s' };

@ApiTags('settings')
@Controller({ path: 'settings', version: '1' })
export class SettingsController {
  constructor(private readonly keeper: SettingsKeeper) {}

  @Get()
  @RequirePermission('settings:read')
  @ApiOperation({
    operationId: 'listSettings',
    summary: 'List stored settings',
    description: 'What can be tuned while the product runs: value, default, bounds and reader of each.',
  })
  @ApiOkResponse({ type: SettingListDto })
  async list(): Promise<SettingListDto> {
    return { settings: (await this.keeper.list()).map(presentSetting) };
  }

  @Get(':name')
  @RequirePermission('settings:read')
  @ApiOperation({
    operationId: 'getSetting',
    summary: 'Read a stored setting',
    description: 'Its ETag is what a change has to name.',
  })
  @ApiParam(NAME)
  @ApiOkResponse({ type: SettingDto })
  @ApiProblems('setting_unknown')
  async get(@Param('name') name: string): Promise<SettingDto> {
    return tagged(await this.keeper.get(name));
  }

  @Put(':name')
  @RequirePermission('settings:write')
  @UseETag({ required: true })
  @ApiOperation({
    operationId: 'putSetting',
    summary: 'Change a stored setting',
    description: 'Every process knows the new value within a few seconds, and none has to be started again.',
  })
  @ApiParam(NAME)
  @ApiOkResponse({ type: SettingDto })
  @ApiProblems('setting_unknown', 'setting_invalid', 'stale_version', 'precondition_required')
  async put(
    @Param('name') name: string,
    @Body() { value }: PutSettingDto,
    @IfMatch() expected: ExpectedVersions,
  ): Promise<SettingDto> {
    return tagged(await this.keeper.put(name, value, expected));
  }

  @Delete(':name')
  @RequirePermission('settings:write')
  @UseETag()
  @ApiOperation({
    operationId: 'resetSetting',
    summary: 'Give a stored setting its default again',
    description: 'The answer shows the default.',
  })
  @ApiParam(NAME)
  @ApiOkResponse({ type: SettingDto })
  @ApiProblems('setting_unknown', 'stale_version')
  async reset(@Param('name') name: string, @IfMatch() expected: ExpectedVersions): Promise<SettingDto> {
    return tagged(await this.keeper.reset(name, expected));
  }
}

const tagged = (view: SettingView): SettingDto => withRowVersion(presentSetting(view), view.version);
