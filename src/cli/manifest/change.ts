import { type JsonObject, type JsonValue } from '@app/kernel';

export type Item = JsonObject;

/** As `POST /api/v1/export/plan` answers it. */
export interface Change {
  readonly kind: string;
  readonly name: string;
  readonly action: 'create' | 'update' | 'delete' | 'unchanged';
  readonly fields: readonly {
    readonly pointer: string;
    readonly before: JsonValue;
    readonly after: JsonValue;
  }[];
  readonly secrets: readonly string[];
}
