import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import {
  ApiProblems,
  assertVersion,
  Cursors,
  type ExpectedVersions,
  IfMatch,
  ListQuery,
  RequirePermission,
  UseETag,
  withRowVersion,
} from '@app/http';
import { principalOfRequest } from '@app/telemetry';
import { type User } from '../users/user';
import { UserAccounts } from '../users/user-accounts';
import { UserRows } from '../users/user-rows';
import {
  CreateUserDto,
  showUser,
  toChange,
  toNewUser,
  UpdateUserDto,
  UserDto,
  UserPageDto,
} from './users.dto';

const USER = { name: 'id', description: 'The id, or the user name.', example: 'ada' };
/** Sealed into cursors, so that one of another list does not fit here. */
const LIST = { list: 'users' } as const;

@ApiTags('identity')
@Controller({ path: 'users', version: '1' })
export class UsersController {
  constructor(
    private readonly accounts: UserAccounts,
    private readonly users: UserRows,
    private readonly cursors: Cursors,
  ) {}

  @Post()
  @RequirePermission('users:create')
  @ApiOperation({
    operationId: 'createUser',
    summary: 'Make a user',
    description: 'Nobody grants what they do not hold: a role needs a caller who has all of it.',
  })
  @ApiCreatedResponse({ type: UserDto })
  @ApiProblems(
    'unauthenticated',
    'permission_denied',
    'grant_exceeds_own',
    'username_taken',
    'user_invalid',
    'password_refused',
  )
  async create(@Body() body: CreateUserDto): Promise<UserDto> {
    return show(await this.accounts.create(principalOfRequest(), toNewUser(body)));
  }

  @Get()
  @RequirePermission('users:read')
  @ApiOperation({
    operationId: 'listUsers',
    summary: 'List the users',
    description: 'By name, page by page.',
  })
  @ApiOkResponse({ type: UserPageDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'invalid_cursor')
  async list(@Query() { limit, cursor }: ListQuery): Promise<UserPageDto> {
    const page = await this.users.page(limit, this.cursors.startOf(cursor, LIST));
    return { users: page.items.map(showUser), next_cursor: this.cursors.nextOf(page.next, LIST) };
  }

  @Get(':id')
  @ApiParam(USER)
  @RequirePermission('users:read')
  @ApiOperation({ operationId: 'getUser', summary: 'Get a user', description: 'By id or name.' })
  @ApiOkResponse({ type: UserDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'user_not_found')
  async get(@Param('id') id: string): Promise<UserDto> {
    return show(await this.users.get(id));
  }

  @Patch(':id')
  @ApiParam(USER)
  @UseETag()
  @RequirePermission('users:update')
  @ApiOperation({
    operationId: 'updateUser',
    summary: 'Change a user',
    description:
      'Roles hold in open sessions at once. A new password and a disabled user end their sessions.',
  })
  @ApiOkResponse({ type: UserDto })
  @ApiProblems(
    'unauthenticated',
    'permission_denied',
    'grant_exceeds_own',
    'user_not_found',
    'last_admin',
    'stale_version',
    'user_invalid',
    'password_refused',
  )
  async update(
    @Param('id') id: string,
    @Body() body: UpdateUserDto,
    @IfMatch() expected: ExpectedVersions,
  ): Promise<UserDto> {
    return show(await this.accounts.change(principalOfRequest(), id, toChange(body), demand(expected)));
  }

  @Delete(':id')
  @ApiParam(USER)
  @HttpCode(204)
  @UseETag()
  @RequirePermission('users:delete')
  @ApiOperation({
    operationId: 'deleteUser',
    summary: 'Delete a user',
    description: 'Sessions end and keys are revoked with it; the audit trail keeps the name.',
  })
  @ApiNoContentResponse()
  @ApiProblems(
    'unauthenticated',
    'permission_denied',
    'grant_exceeds_own',
    'user_not_found',
    'last_admin',
    'stale_version',
  )
  async remove(@Param('id') id: string, @IfMatch() expected: ExpectedVersions): Promise<void> {
    await this.accounts.remove(principalOfRequest(), id, demand(expected));
  }
}

const show = (user: User): UserDto => withRowVersion(showUser(user), user.rowVersion);

const demand =
  (expected: ExpectedVersions) =>
  (rowVersion: number): void => {
    assertVersion(expected, rowVersion);
  };
