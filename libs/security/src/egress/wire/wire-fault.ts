/** What came is no proper HTTP, or not what may come now. Codes are those that a client of Node would give for the same. */
export class WireFault extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** The other side ended the connection while an answer was waited for. */
export const connectionClosed = (): WireFault => new WireFault('UND_ERR_SOCKET', 'other side closed');
