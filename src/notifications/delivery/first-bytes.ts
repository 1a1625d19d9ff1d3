/** The beginning of a body as text; the rest is not read. A body that breaks off is as long as it came. */
export async function firstBytesOf({ body }: Response, maxBytes: number): Promise<string> {
  if (body === null) return '';
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  const pieces: Uint8Array[] = [];
  let received = 0;
  try {
    while (received < maxBytes) {
      const { done, value } = await reader.read();
      if (done) break;
      pieces.push(value);
      received += value.length;
    }
    await reader.cancel();
  } catch {
    // The status is known, and that is what counts: an answer need not be whole.
  }
  return new TextDecoder().decode(Buffer.concat(pieces).subarray(0, maxBytes));
}
