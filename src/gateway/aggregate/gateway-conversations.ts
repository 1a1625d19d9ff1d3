import { Injectable } from '@nestjs/common';
import {
  type Conversation,
  Conversations,
  type McpClient,
  type TerminalFace,
} from '../terminal/conversation';
import { AggregateConversation } from './aggregate-conversation';
import { Catalogs } from './catalogs';
import { ConversationParts } from './conversation-parts';
import { type Face, Faces } from './faces';
import { Party } from './party';
import { SingleConversation } from './single-conversation';

/** Opens what stands behind a face: one server as it is, or several as one. */
@Injectable()
export class GatewayConversations extends Conversations {
  private opened = 0;

  constructor(
    private readonly parts: ConversationParts,
    private readonly catalogs: Catalogs,
    private readonly faces: Faces,
  ) {
    super();
  }

  override open(face: TerminalFace, client: McpClient): Conversation {
    this.opened += 1;
    const party = new Party(client, `own ${this.opened}`);
    switch (face.kind) {
      case 'server':
        return new SingleConversation(face.route.name, party, this.parts);
      case 'endpoint':
        return this.aggregate(this.faces.endpoint(face.name), party);
      case 'all':
        return this.aggregate(this.faces.all, party);
    }
  }

  private aggregate(face: Face, party: Party): Conversation {
    return new AggregateConversation(face, party, this.catalogs.of(face, party.audience), this.parts);
  }
}
