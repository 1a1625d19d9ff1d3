const DEFAULT_SENDER = 'Quayside <quayside@localhost>';
const SENDER = 'from';

export interface MailSettings {
  /** Without the sender: what is left is for the server's address alone. */
  readonly smtpUrl: string | undefined;
  readonly sender: string;
}

/** The sender stands in the address of the server, because neither is of use without the other. */
export function mailSettings(setting: string | undefined): MailSettings {
  if (setting === undefined) return { smtpUrl: undefined, sender: DEFAULT_SENDER };
  const url = new URL(setting);
  const sender = url.searchParams.get(SENDER) ?? DEFAULT_SENDER;
  url.searchParams.delete(SENDER);
  return { smtpUrl: url.href, sender };
}
