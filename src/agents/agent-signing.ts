import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Keyring } from '@app/security';

/**
 * The secret with which what is sent to an agent is signed. Derived, not stored: whoever reads the database cannot sign, and
 * it stays the same for as long as the agent is registered.
 */
@Injectable()
export class AgentSigning {
  constructor(private readonly keyring: Keyring) {}

  /** In the spelling of Standard Webhooks. */
  secretOf(agentId: string): string {
    // One key for all of them: the keyring remembers what it derived, and agents are many.
    const key = this.keyring.deriveLasting('agent-signing');
    return `whsec_${createHmac('sha256', key).update(agentId).digest('base64')}`;
  }
}
