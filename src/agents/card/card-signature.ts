import { createLocalJWKSet, flattenedVerify, type FlattenedJWSInput, type JSONWebKeySet } from 'jose';
import { canonicalJson, type JsonObject, type JsonValue } from '@app/kernel';

/** A signature of a public key; a secret shared with everybody who can read its set would prove nothing. */
const ALGORITHMS = ['ES256', 'ES384', 'ES512', 'RS256', 'PS256', 'PS384', 'PS512', 'EdDSA', 'Ed25519'];
/** A card may have one for each key that is being replaced, and not ever more work for us. */
const SIGNATURES_MAX = 4;

/** Reads the document at an address, under the same rules as the card. */
type ReadDocument = (url: string) => Promise<JsonValue>;

/**
 * What is wrong with the signatures of a card; undefined where it has none, or one that holds. A signature says that the card
 * is as its signer wrote it, so the keys have to lie where the card lies: keys from anywhere could be anybody's.
 */
export async function faultOfSignatures(
  card: JsonObject,
  cardUrl: string,
  read: ReadDocument,
): Promise<string | undefined> {
  const { signatures, ...content } = card;
  if (signatures === undefined) return undefined;
  if (!Array.isArray(signatures)) return 'signatures is not a list';
  const all = signatures as readonly JsonValue[];
  if (all.length === 0) return undefined;
  if (all.length > SIGNATURES_MAX) return `it has more than ${String(SIGNATURES_MAX)} signatures`;
  const payload = Buffer.from(canonicalJson(content)).toString('base64url');
  const faults: string[] = [];
  for (const one of all) {
    const fault = await faultOf(one, payload, { origin: new URL(cardUrl).origin, read });
    if (fault === undefined) return undefined;
    faults.push(fault);
  }
  return faults[0];
}

interface Place {
  readonly origin: string;
  readonly read: ReadDocument;
}

async function faultOf(signature: JsonValue, payload: string, place: Place): Promise<string | undefined> {
  const { protected: header, signature: value } = (signature ?? {}) as JsonObject;
  if (typeof header !== 'string' || typeof value !== 'string') return 'a signature has no protected header';
  const { jku } = headerOf(header);
  if (typeof jku !== 'string' || !URL.canParse(jku)) return 'its signature does not name its keys (jku)';
  if (new URL(jku).origin !== place.origin)
    return 'the keys of its signature lie at another place than the card';
  const keys = await place.read(jku);
  return (await holds({ protected: header, payload, signature: value }, keys))
    ? undefined
    : 'its signature does not fit';
}

function headerOf(text: string): JsonObject {
  try {
    return (JSON.parse(Buffer.from(text, 'base64url').toString()) ?? {}) as JsonObject;
  } catch {
    return {};
  }
}

async function holds(signature: FlattenedJWSInput, keys: JsonValue): Promise<boolean> {
  try {
    const resolve = createLocalJWKSet(keys as unknown as JSONWebKeySet);
    await flattenedVerify(signature, resolve, { algorithms: ALGORITHMS });
    return true;
  } catch {
    return false;
  }
}
