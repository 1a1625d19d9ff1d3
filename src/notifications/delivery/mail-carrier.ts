import { Injectable } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import { type JsonObject } from '@app/kernel';
import { Scrubber } from '@app/telemetry';
import { Carrier, type DueDelivery, type Exchange, type Outcome } from '../domain/delivery';
import { isMailAddress } from '../domain/mail-address';
import { NotificationsOptions } from '../notifications.options';
import { mailTextOf } from './mail-text';
import { smtpSettings } from './smtp-settings';

const SLOTS = 4;
/** The whole conversation with the mail server, whose steps have limits of their own. */
const TIMEOUT_MS = 40_000;
const ANSWER_MAX = 2_048;
const PERMANENT = 500;

/** Hands messages to the mail server of the installation, one conversation each. */
@Injectable()
export class MailCarrier extends Carrier {
  readonly channel = 'email';
  readonly slots = SLOTS;

  constructor(
    private readonly options: NotificationsOptions,
    private readonly scrubber: Scrubber,
  ) {
    super();
  }

  override async carry(delivery: DueDelivery): Promise<Outcome> {
    const { smtpUrl } = this.options;
    const exchange = { request: { method: 'SMTP', to: delivery.address } };
    if (smtpUrl === undefined) return { ...NOT_CONFIGURED, ...exchange };
    if (!isMailAddress(delivery.address)) return { ...NO_ADDRESS, ...exchange };
    try {
      return await this.send(smtpUrl, delivery, exchange);
    } catch (error) {
      return { kind: 'failed', ...exchange, ...this.faultOf(error) };
    }
  }

  private async send(smtpUrl: string, delivery: DueDelivery, exchange: Exchange): Promise<Outcome> {
    const { id, address, event, body } = delivery;
    const transport = createTransport(smtpSettings(smtpUrl));
    const { subject, text, html } = mailTextOf(event, JSON.parse(body) as JsonObject);
    const sent = await transport.sendMail({
      from: this.options.mailFrom,
      to: { name: '', address },
      ...{ subject, text, html },
      // The same for every try: a mail that came twice is seen to be one.
      messageId: `<${id}@${domainOf(this.options.mailFrom)}>`,
      headers: { 'Auto-Submitted': 'auto-generated' },
      disableFileAccess: true,
      disableUrlAccess: true,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return { kind: 'delivered', ...exchange, response: this.shown(sent.response) };
  }

  /** Whoever the server does not know will not be known in an hour either; everything else may heal. */
  private faultOf(error: unknown): Omit<Extract<Outcome, { kind: 'failed' }>, 'kind' | 'request'> {
    const { code = 'UNKNOWN', responseCode, response } = error as SmtpError;
    const isRefused = code === 'EENVELOPE' || code === 'EMESSAGE';
    const isFinal = isRefused && responseCode !== undefined && responseCode >= PERMANENT;
    return {
      reason: REASONS[code] ?? (isRefused ? 'mail_refused' : 'mail_server_unreachable'),
      detail: `The mail server did not take the message (${code}).`,
      isRetryable: !isFinal,
      blames: 'target',
      ...(responseCode === undefined ? {} : { responseStatus: responseCode }),
      ...(response === undefined ? {} : { response: this.shown(response) }),
    };
  }

  private shown(response: string): string {
    return this.scrubber.scrub(response).slice(0, ANSWER_MAX);
  }
}

interface SmtpError {
  readonly code?: string;
  readonly responseCode?: number;
  readonly response?: string;
}

const REASONS: Readonly<Record<string, string>> = {
  EAUTH: 'mail_sign_in_refused',
  ETLS: 'mail_not_encrypted',
  ETIMEDOUT: 'timeout',
  ABORT_ERR: 'timeout',
};

const NOT_CONFIGURED = {
  kind: 'failed',
  reason: 'mail_not_configured',
  detail: 'SMTP_URL is not set: this installation sends no mail.',
  isRetryable: false,
  blames: 'us',
} as const;

const NO_ADDRESS = {
  kind: 'failed',
  reason: 'mail_address_invalid',
  detail: 'This is no plain mail address.',
  isRetryable: false,
  blames: 'us',
} as const;

/** Of `Name <box@domain>` or `box@domain`. */
const domainOf = (from: string): string => /@([A-Za-z0-9.-]+)/.exec(from)?.[1] ?? 'localhost';
