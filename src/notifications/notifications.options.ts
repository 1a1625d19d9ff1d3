/** What the roots decide about notifications. */
export class NotificationsOptions {
  constructor(
    /** Where mail is handed over; nothing: no mail is sent, and what asks for it says so. */
    readonly smtpUrl: string | undefined,
    readonly mailFrom: string,
    /** Without a slash at its end: links in messages begin with it. */
    readonly publicUrl: string,
    /** Whose messages they are. */
    readonly installationId: string,
  ) {}
}
