import { ApiProperty } from '@nestjs/swagger';
import { type JsonObject } from '@app/kernel';
import { type InputRequired } from '../calls/asking/asking-answer';

/** What a server asks in the middle of a call. */
export class InputRequiredDto {
  @ApiProperty({
    description:
      'By key, in the words of the protocol: method is elicitation/create; params have a message and, for a form, requestedSchema, or, with mode url, the address at which somebody does what is asked. Without any the server only wants the request repeated.',
    example: {
      q1: {
        method: 'elicitation/create',
        params: {
          message: 'Who are you?',
          requestedSchema: { type: 'object', properties: { name: { type: 'string' } } },
        },
      },
    },
    type: 'object',
    additionalProperties: {
      type: 'object',
      required: ['method', 'params'],
      properties: {
        method: { type: 'string' },
        params: { type: 'object', additionalProperties: true },
      },
    },
  })
  readonly requests!: Readonly<Record<string, { readonly method: string; readonly params: JsonObject }>>;

  @ApiProperty({
    description: 'Goes back as it is with the answers. Nobody else can use it, nor for another call.',
    example: 'AQEBpmMsNw…',
  })
  readonly request_state!: string;

  @ApiProperty({
    description: 'How long the answers are waited for; after that the call is given up.',
    example: 300_000,
    type: 'integer',
  })
  readonly expires_in_ms!: number;

  static from({ requests, requestState, expiresInMs }: InputRequired): InputRequiredDto {
    return {
      requests: requests as InputRequiredDto['requests'],
      request_state: requestState,
      expires_in_ms: expiresInMs,
    };
  }
}
