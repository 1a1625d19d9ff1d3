import { type JsonObject } from '@app/kernel';
import { NEWER_VERSION } from '@app/mcp';
import { type Principal } from '@app/telemetry';
import { Party } from '../../aggregate/party';
import { SERVER_INFO } from '../../terminal/description';

/** What a caller of the REST face can be asked: everything else is declined, as it is for those who cannot be asked. */
export const ASKABLE: JsonObject = { elicitation: { form: {}, url: {} } };

/** A caller of the REST face who can be asked, as servers meet it: a client of the newer era, which has no sessions. */
export const restParty = (principal: Principal): Party =>
  new Party(
    {
      ...{ principal, era: 'newer', protocolVersion: NEWER_VERSION },
      ...{ capabilities: ASKABLE, info: SERVER_INFO },
    },
    'rest',
    undefined,
    true,
  );
