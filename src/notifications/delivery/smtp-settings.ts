const STEP_TIMEOUT_MS = 10_000;
const LOOPBACK = /^(localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/;

export interface SmtpSettings {
  readonly url: string;
  readonly requireTLS: boolean;
  readonly connectionTimeout: number;
  readonly greetingTimeout: number;
  readonly socketTimeout: number;
}

/**
 * A password is not said in the clear to another machine: without TLS from the beginning (`smtps:`), the server has to offer
 * STARTTLS then. What the address itself says behind its `?` wins.
 */
export function smtpSettings(smtpUrl: string): SmtpSettings {
  const { password, hostname } = new URL(smtpUrl);
  return {
    url: smtpUrl,
    requireTLS: password !== '' && !LOOPBACK.test(hostname),
    connectionTimeout: STEP_TIMEOUT_MS,
    greetingTimeout: STEP_TIMEOUT_MS,
    socketTimeout: STEP_TIMEOUT_MS,
  };
}
