import { Module } from '@nestjs/common';
import { Access } from './access';
import { Explain } from './explain';
import { GrantStore } from './grant.store';
import { GrantTable } from './grant-table';
import { HeldRequests } from './held-requests';
import { OpenStreams } from './open-streams';
import { Resources } from './resources';

const PARTS = [GrantStore, GrantTable, Access, Resources, Explain, OpenStreams, HeldRequests];

/** Decisions about single resources, for every context that has some. Needs the platform's database and notices. */
@Module({ providers: PARTS, exports: PARTS })
export class AccessModule {}
