import { DomainError, type FieldProblem } from '@app/kernel';

export class NotificationNotFoundError extends DomainError {
  readonly code = 'notification_not_found';
  readonly kind = 'not_found';
  readonly title = 'There is no such notification';
  override readonly hint =
    'List the notifications with GET /api/v1/notifications; they are kept for 30 days.';
  constructor(id: string) {
    super(`No notification has the id "${id.slice(0, 63)}".`);
  }
}

export class WebhookNotFoundError extends DomainError {
  readonly code = 'webhook_not_found';
  readonly kind = 'not_found';
  readonly title = 'There is no such webhook';
  override readonly hint = 'List the webhooks with GET /api/v1/webhooks.';
  constructor(id: string) {
    super(`No webhook has the id "${id.slice(0, 63)}".`);
  }
}

export class MailRecipientNotFoundError extends DomainError {
  readonly code = 'mail_recipient_not_found';
  readonly kind = 'not_found';
  readonly title = 'There is no such recipient';
  override readonly hint = 'List the recipients with GET /api/v1/mail-recipients.';
  constructor(id: string) {
    super(`No recipient has the id "${id.slice(0, 63)}".`);
  }
}

export class MailRecipientExistsError extends DomainError {
  readonly code = 'mail_recipient_exists';
  readonly kind = 'conflict';
  readonly title = 'The address is a recipient already';
  override readonly hint = 'Change the recipient that has it.';
  constructor(address: string) {
    super(`${address} is told already.`);
  }
}

export class SubscriptionInvalidError extends DomainError {
  readonly code = 'subscription_invalid';
  readonly kind = 'invalid';
  readonly title = 'Nobody can be told like this';
  override readonly hint = 'Correct what errors names; docs/notifications.md lists the events.';
  constructor(errors: readonly FieldProblem[]) {
    super(errors[0]?.detail ?? 'The subscription is not valid.', { errors });
  }
}

export class SubscriberLimitReachedError extends DomainError {
  readonly code = 'subscriber_limit_reached';
  readonly kind = 'exhausted';
  readonly title = 'The workspace has as many as it can have';
  override readonly hint = 'Delete one that is not needed any more.';
  constructor(what: string, max: number) {
    super(`A workspace has at most ${String(max)} ${what}.`);
  }
}

export class NotificationTargetGoneError extends DomainError {
  readonly code = 'notification_target_gone';
  readonly kind = 'conflict';
  readonly title = 'The notification has nowhere to go';
  override readonly hint = 'Switch the webhook on again, or make a new one.';
  constructor(address: string) {
    super(`The webhook for ${address} is switched off or deleted.`);
  }
}
