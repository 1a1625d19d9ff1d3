type Members = Readonly<Record<string, unknown>>;
type Check = (value: unknown, at: string) => readonly string[];

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text: Check = (value, at) => (typeof value === 'string' && value !== '' ? [] : [`${at} is no text`]);
const yesOrNo: Check = (value, at) => (typeof value === 'boolean' ? [] : [`${at} is neither true nor false`]);
const address: Check = (value, at) =>
  typeof value === 'string' && URL.canParse(value) ? [] : [`${at} is no whole address`];
const optional =
  (check: Check): Check =>
  (value, at) =>
    value === undefined ? [] : check(value, at);
const listOf =
  (check: Check): Check =>
  (value, at) =>
    Array.isArray(value)
      ? value.flatMap((one: unknown, index) => check(one, `${at}[${String(index)}]`))
      : [`${at} is no list`];
const mapOf =
  (check: Check): Check =>
  (value, at) =>
    isObject(value)
      ? Object.entries(value).flatMap(([name, one]) => check(one, `${at}.${name}`))
      : [`${at} is no object`];
const object =
  (members: Readonly<Record<string, Check>>): Check =>
  (value, at) => {
    if (!isObject(value)) return [`${at} is no object`];
    const unknown = Object.keys(value).filter((name) => members[name] === undefined);
    return [
      ...Object.entries(members).flatMap(([name, check]) =>
        check(value[name], at === '' ? name : `${at}.${name}`),
      ),
      ...unknown.map((name) => `${at}.${name} is unknown`),
    ];
  };

const schemes = mapOf((value, at) => {
  const kinds = [
    ...['apiKeySecurityScheme', 'httpAuthSecurityScheme', 'oauth2SecurityScheme'],
    ...['openIdConnectSecurityScheme', 'mtlsSecurityScheme'],
  ];
  const given = isObject(value) ? Object.keys(value) : [];
  return given.length === 1 && kinds.includes(given[0] ?? '') ? [] : [`${at} is no one scheme`];
});

/** The agent card of A2A 1.0 in JSON, written from the text of the protocol. */
const CARD = object({
  name: text,
  description: text,
  version: text,
  supportedInterfaces: listOf(
    object({ url: address, protocolBinding: text, protocolVersion: text, tenant: optional(text) }),
  ),
  capabilities: object({
    streaming: optional(yesOrNo),
    pushNotifications: optional(yesOrNo),
    extendedAgentCard: optional(yesOrNo),
    extensions: optional(listOf(object({ uri: address, description: optional(text) }))),
  }),
  defaultInputModes: listOf(text),
  defaultOutputModes: listOf(text),
  skills: listOf(
    object({
      ...{ id: text, name: text, description: text, tags: listOf(text) },
      ...{ examples: optional(listOf(text)), inputModes: optional(listOf(text)) },
      outputModes: optional(listOf(text)),
    }),
  ),
  securitySchemes: optional(schemes),
  securityRequirements: optional(listOf(object({ schemes: mapOf(object({ list: listOf(text) })) }))),
  provider: optional(object({ url: address, organization: text })),
  documentationUrl: optional(address),
  iconUrl: optional(address),
});

/** What keeps an object from being an agent card. */
export const faultsOfCard = (value: unknown): readonly string[] => CARD(value, '');
