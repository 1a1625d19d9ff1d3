import { Module } from '@nestjs/common';
import { Access } from './access';
import { GrantStore } from './grant.store';
import { GrantTable } from './grant-table';

/** Decisions about single resources, for every context that has some. Needs the platform's database and notices. */
@Module({ providers: [GrantStore, GrantTable, Access], exports: [Access, GrantStore, GrantTable] })
export class AccessModule {}
