import { type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { type Client } from 'pg';
import { toldStages } from '@app/contracts';
import { type JsonObject } from '@app/kernel';
import { buildAsyncApi } from '../src/app/asyncapi/build-asyncapi';
import { readEventSchemas } from '../src/app/asyncapi/event-schemas';
import { cloudEventOf } from '../src/realtime/domain/cloud-event';
import { type LogEvent } from '../src/realtime/domain/log-event';
import { faultsOfCloudEvent } from './cloud-events';

/** Of each name: a test that makes thousands makes them alike. */
const PER_NAME = 40;
const UNDEFINED_TABLE = '42P01';
const DOCUMENT = 'asyncapi';
const ORIGIN = { installationId: 'test', publicUrl: 'http://localhost' };

const RECORDED = `
  SELECT id, coalesce(sequence, 0) AS sequence, name, aliases, aggregate_type AS "aggregateType",
         aggregate_id AS "aggregateId", data, actor, correlation_id AS "correlationId",
         causation_id AS "causationId", traceparent, occurred_at AS "occurredAt", workspace_id AS "workspaceId"
    FROM (SELECT *, row_number() OVER (PARTITION BY name ORDER BY id) AS place FROM domain_event) AS each
   WHERE place <= ${String(PER_NAME)}`;

/** Holds events against `/asyncapi.json`, as the envelopes that subscribers get. */
export class EventJudge {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });
  private readonly known: ReadonlySet<string>;
  private readonly compiled = new Map<string, ValidateFunction>();

  constructor() {
    const events = readEventSchemas();
    addFormats(this.ajv);
    this.known = new Set(events.map(({ name }) => name));
    this.ajv.addSchema(buildAsyncApi({ version: '0', publicUrl: ORIGIN.publicUrl, events }), DOCUMENT);
  }

  /** Specs of the log itself make events with names of their own, which the product cannot: those are not judged. */
  faultsOf(event: LogEvent): readonly string[] {
    if (!this.known.has(event.name)) return [];
    return this.faultsOfEnvelope(event.name, cloudEventOf(event, ORIGIN));
  }

  faultsOfEnvelope(name: string, envelope: JsonObject): readonly string[] {
    const validate = this.compiled.get(name) ?? this.compile(name);
    const faults = faultsOfCloudEvent(envelope).map((fault) => `${name}: ${fault}`);
    if (validate(envelope)) return faults;
    return [
      ...faults,
      ...(validate.errors ?? []).map(
        ({ instancePath, message, params }) =>
          `${name}: ${instancePath} ${message ?? ''} ${JSON.stringify(params)} in ${JSON.stringify(envelope['data'])}`,
      ),
    ];
  }

  private compile(name: string): ValidateFunction {
    const validate = this.ajv.compile({ $ref: `${DOCUMENT}#/components/messages/${name}/payload` });
    this.compiled.set(name, validate);
    return validate;
  }
}

export async function faultsOfRecorded(client: Client): Promise<readonly string[]> {
  const events = await recordedOf(client);
  if (events.length === 0) return [];
  const judge = new EventJudge();
  return [...new Set(events.flatMap((event) => judge.faultsOf(event)))];
}

async function recordedOf(client: Client): Promise<readonly LogEvent[]> {
  try {
    const { rows } = await client.query<LogEvent>(RECORDED);
    return rows.map((event) => ({ ...event, data: toldStages(event.data) }));
  } catch (error) {
    // A database without our tables has no events.
    if ((error as { code?: string }).code === UNDEFINED_TABLE) return [];
    throw error;
  }
}
