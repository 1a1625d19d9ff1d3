import { Injectable } from '@nestjs/common';
import { EventAppender } from '@app/outbox';
import { IdentityNotices } from '../identity-notices';
import { type TrustedIssuer } from './domain/trusted-issuer';
import { issuerDocument } from './issuer-document';

/** Tells of changes of issuers: to the log of events and the trail in the transaction, to every process after it. */
@Injectable()
export class IssuerFacts {
  constructor(
    private readonly events: EventAppender,
    private readonly notices: IdentityNotices,
  ) {}

  async created(issuer: TrustedIssuer): Promise<void> {
    await this.publish('created', issuer, { after: issuerDocument(issuer) });
  }

  async updated(issuer: TrustedIssuer, before: TrustedIssuer): Promise<void> {
    await this.publish('updated', issuer, { before: issuerDocument(before), after: issuerDocument(issuer) });
  }

  async deleted(issuer: TrustedIssuer): Promise<void> {
    await this.publish('deleted', issuer, { before: issuerDocument(issuer) });
  }

  private async publish(
    verb: 'created' | 'updated' | 'deleted',
    issuer: TrustedIssuer,
    change: object,
  ): Promise<void> {
    const event = {
      name: `identity.issuer.${verb}`,
      aggregateType: 'issuers',
      aggregateId: issuer.id,
      data: issuerDocument(issuer),
      occurredAt: new Date(),
    };
    await this.events.append([event], change);
    this.notices.publish('issuer', issuer.id);
  }
}
