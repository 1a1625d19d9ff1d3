import { Injectable } from '@nestjs/common';
import { UpstreamCalls } from '../calls/upstream-calls';
import { FanIn } from './fan-in';
import { MemberCalls } from './member-calls';
import { MemberReader } from './member-reader';
import { Pages } from './pages';

/** What every conversation works with. */
@Injectable()
export class ConversationParts {
  constructor(
    readonly calls: UpstreamCalls,
    readonly members: MemberCalls,
    readonly reader: MemberReader,
    readonly fanIn: FanIn,
    readonly pages: Pages,
  ) {}
}
