import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { ApiProblems, RequirePermission } from '@app/http';
import { principalOfRequest } from '@app/telemetry';
import { Schedules } from './schedules';
import {
  CreateScheduleDto,
  ScheduleDto,
  ScheduleListDto,
  toSchedule,
  toScheduleChange,
  UpdateScheduleDto,
} from './schedules.dto';

const PIPELINE = {
  name: 'id',
  description: 'The pipeline, by id or name.',
  example: 'data-processing-pipeline',
};
const SCHEDULE = {
  name: 'schedule',
  description: 'The id of the schedule.',
  example: '5d0c7a38-3a55-4d6a-a0d5-6f1a4f4c2b11',
};

@ApiTags('pipelines')
@Controller({ path: 'pipelines/:id/schedules', version: '1' })
export class SchedulesController {
  constructor(private readonly schedules: Schedules) {}

  @Post()
  @ApiParam(PIPELINE)
  @RequirePermission('pipelines:execute')
  @ApiOperation({
    operationId: 'createSchedule',
    summary: 'Run a pipeline by the clock',
    description: 'Its runs work in the name of whoever makes the schedule.',
  })
  @ApiCreatedResponse({ type: ScheduleDto })
  @ApiProblems(
    'unauthenticated',
    'permission_denied',
    'pipeline_unknown',
    'schedule_invalid',
    'too_many_schedules',
  )
  async create(@Param('id') id: string, @Body() body: CreateScheduleDto): Promise<ScheduleDto> {
    return ScheduleDto.from(await this.schedules.create(principalOfRequest(), id, toSchedule(body)));
  }

  @Get()
  @ApiParam(PIPELINE)
  @RequirePermission('pipelines:read')
  @ApiOperation({
    operationId: 'listSchedules',
    summary: 'List the schedules of a pipeline',
    description: 'All of them, each with what became of its last slot.',
  })
  @ApiOkResponse({ type: ScheduleListDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'pipeline_unknown')
  async list(@Param('id') id: string): Promise<ScheduleListDto> {
    const schedules = await this.schedules.list(principalOfRequest(), id);
    return { schedules: schedules.map((one) => ScheduleDto.from(one)) };
  }

  @Get(':schedule')
  @ApiParam(PIPELINE)
  @ApiParam(SCHEDULE)
  @RequirePermission('pipelines:read')
  @ApiOperation({
    operationId: 'getSchedule',
    summary: 'Read a schedule',
    description: 'With what became of its last slots.',
  })
  @ApiOkResponse({ type: ScheduleDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'pipeline_unknown', 'schedule_unknown')
  async get(@Param('id') id: string, @Param('schedule') schedule: string): Promise<ScheduleDto> {
    return ScheduleDto.from(await this.schedules.get(principalOfRequest(), id, schedule));
  }

  @Patch(':schedule')
  @ApiParam(PIPELINE)
  @ApiParam(SCHEDULE)
  @RequirePermission('pipelines:execute')
  @ApiOperation({
    operationId: 'updateSchedule',
    summary: 'Change a schedule',
    description:
      'What is left out stays. Whoever changes more than `enabled` is in whose name its runs work from then on. Switched off, it lets go of the slots that wait.',
  })
  @ApiOkResponse({ type: ScheduleDto })
  @ApiProblems(
    ...['unauthenticated', 'permission_denied', 'pipeline_unknown', 'schedule_unknown', 'schedule_invalid'],
  )
  async update(
    @Param('id') id: string,
    @Param('schedule') schedule: string,
    @Body() body: UpdateScheduleDto,
  ): Promise<ScheduleDto> {
    const change = toScheduleChange(body);
    return ScheduleDto.from(await this.schedules.change(principalOfRequest(), id, schedule, change));
  }

  @Delete(':schedule')
  @ApiParam(PIPELINE)
  @ApiParam(SCHEDULE)
  @HttpCode(204)
  @RequirePermission('pipelines:execute')
  @ApiOperation({
    operationId: 'deleteSchedule',
    summary: 'Delete a schedule',
    description: 'Runs that it started go on.',
  })
  @ApiNoContentResponse()
  @ApiProblems('unauthenticated', 'permission_denied', 'pipeline_unknown', 'schedule_unknown')
  async remove(@Param('id') id: string, @Param('schedule') schedule: string): Promise<void> {
    await this.schedules.remove(principalOfRequest(), id, schedule);
  }
}
