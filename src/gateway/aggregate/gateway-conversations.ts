import { Injectable } from '@nestjs/common';
import { type CallerView } from '../access/caller-view';
import {
  type Conversation,
  Conversations,
  type McpClient,
  type TerminalFace,
} from '../terminal/conversation';
import { AggregateConversation } from './aggregate-conversation';
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
    private readonly faces: Faces,
  ) {
    super();
  }

  override open(face: TerminalFace, client: McpClient): Conversation {
    this.opened += 1;
    const through = face.kind === 'endpoint' ? face.name : undefined;
    const party = new Party(client, `own ${this.opened}`, through);
    switch (face.kind) {
      case 'server':
        return new SingleConversation(face.route.name, party, this.parts);
      case 'endpoint':
        return this.aggregate((view) => this.faces.endpoint(face.name, view), party, through);
      case 'all':
        return this.aggregate((view) => this.faces.all(view), party);
    }
  }

  /** Looked up anew at each use: what a caller may see can change while its session goes on. */
  private aggregate(faceOf: (view: CallerView) => Face, party: Party, through?: string): Conversation {
    const face = (): Face => faceOf(this.parts.access.viewOf(party.principal, through));
    return new AggregateConversation(face, party, this.parts);
  }
}
