import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  IsBoolean,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { Evidently } from '@app/http';
import { type JsonObject, type JsonValue } from '@app/kernel';
import { type McpTool } from '@app/mcp';
import { type AskedAnswer } from '../calls/asking/asking-caller';
import { tokensOf } from '../calls/token-estimate';
import { type ToolCallAnswer } from '../calls/tool-caller';
import { DegradedDto } from './degraded.dto';
import { InputRequiredDto } from './input-required.dto';
import { SERVER_NAME, SERVER_NAME_MESSAGE } from './server-name.query';

const TIMEOUT_MAX_MS = 600_000;
const NAME_MAX = 256;
/** Servers of the newer protocol keep what they need to know in it. */
const STATE_MAX = 131_072;

export class ToolDto {
  @ApiProperty({ description: 'The server that has it.', example: 'everything' })
  readonly server_name!: string;

  @ApiProperty({ description: 'The name to call it by.', example: 'echo' })
  readonly name!: string;

  @ApiPropertyOptional({ description: 'A name for people.', example: 'Echo' })
  readonly title?: string;

  @ApiProperty({ description: 'What it does, in the words of the server.', example: 'Echoes back the input' })
  readonly description!: string;

  @ApiProperty({
    description: 'JSON Schema of its arguments.',
    example: { type: 'object', properties: { message: { type: 'string' } }, required: ['message'] },
    type: 'object',
    additionalProperties: true,
  })
  readonly input_schema!: JsonObject;

  @ApiPropertyOptional({
    description: 'JSON Schema of its structured answer.',
    example: { type: 'object' },
    type: 'object',
    additionalProperties: true,
  })
  readonly output_schema?: JsonValue;

  @ApiPropertyOptional({
    description: 'What the server claims of it; claims, not promises.',
    example: { readOnlyHint: true },
    type: 'object',
    additionalProperties: true,
  })
  readonly annotations?: JsonValue;

  @ApiProperty({
    description:
      'About how much of the context of a model its name, description and input_schema take, in tokens, each time they are shown to it. An estimate: models count differently.',
    example: 62,
    type: 'integer',
  })
  readonly estimated_tokens!: number;

  static readonly from = ({ serverName, item }: { serverName: string; item: McpTool }): ToolDto => {
    const { name, title, description, inputSchema, outputSchema, annotations } = item;
    return {
      ...{ server_name: serverName, name, description: description ?? '', input_schema: inputSchema },
      ...(typeof title === 'string' ? { title } : {}),
      ...(outputSchema === undefined ? {} : { output_schema: outputSchema }),
      ...(annotations === undefined ? {} : { annotations }),
      estimated_tokens: tokensOf(item),
    };
  };
}

export class ToolListDto {
  @ApiProperty({
    description: 'By server name, then in the order of the server.',
    type: [ToolDto],
    example: [],
  })
  readonly tools!: readonly ToolDto[];

  @ApiProperty({
    description: 'Servers that could not be asked; they hide nothing of the others.',
    type: [DegradedDto],
    example: [],
  })
  readonly degraded!: readonly DegradedDto[];
}

/** What is asked of a server, where the caller says nothing of being asked himself. */
export interface EvidentCall {
  readonly server_name: string;
  readonly tool_name: string;
  readonly arguments?: JsonObject;
  readonly timeout_ms?: number;
}

/** As the rules below say, for bodies without anything unusual. */
export function isEvidentCall(body: object): body is EvidentCall {
  const members = body as Readonly<Record<string, unknown>>;
  const {
    server_name: server,
    tool_name: tool,
    arguments: args = NO_ARGUMENTS,
    timeout_ms: timeoutMs = 1,
  } = members;
  for (const name in body) if (!CALL_MEMBERS.has(name)) return false;
  if (typeof server !== 'string' || !SERVER_NAME.test(server)) return false;
  return isToolName(tool) && isPlainObject(args) && isTimeout(timeoutMs);
}

const NO_ARGUMENTS = {};
const CALL_MEMBERS: ReadonlySet<string> = new Set(['server_name', 'tool_name', 'arguments', 'timeout_ms']);
const isToolName = (value: unknown): boolean =>
  typeof value === 'string' && value.length > 0 && value.length <= NAME_MAX;
const isPlainObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isTimeout = (value: unknown): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= TIMEOUT_MAX_MS;

@Evidently(isEvidentCall)
export class CallToolDto {
  @ApiProperty({
    description: 'The name or the id of the instance.',
    example: 'everything',
    pattern: SERVER_NAME.source,
  })
  @Matches(SERVER_NAME, { message: SERVER_NAME_MESSAGE })
  readonly server_name!: string;

  @ApiProperty({ description: 'The name of the tool.', example: 'echo', minLength: 1, maxLength: NAME_MAX })
  @IsString()
  @Length(1, NAME_MAX)
  readonly tool_name!: string;

  @ApiPropertyOptional({
    description: 'Checked against the input_schema of the tool before anything is sent.',
    example: { message: 'hello' },
    type: 'object',
    additionalProperties: true,
    default: {},
  })
  @IsOptional()
  @IsObject()
  readonly arguments?: JsonObject;

  @ApiPropertyOptional({
    description: 'How long the caller waits; never longer than the timeout of the instance.',
    example: 10_000,
    minimum: 1,
    maximum: TIMEOUT_MAX_MS,
    type: 'integer',
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(TIMEOUT_MAX_MS)
  readonly timeout_ms?: number;

  @ApiPropertyOptional({
    description:
      'Somebody can be asked: where the server wants to know something first, the answer says input_required, and this request is repeated with input_responses and request_state. Without it the server hears that nobody can be asked.',
    example: true,
    default: false,
  })
  @IsOptional()
  @IsBoolean()
  readonly accept_input?: boolean;

  @ApiPropertyOptional({
    description:
      'What was answered, by the keys of input_required.requests: {"action": "accept", "content": {…}}, {"action": "decline"} or {"action": "cancel"}. What is missing is asked again.',
    example: { q1: { action: 'accept', content: { name: 'Ada' } } },
    type: 'object',
    additionalProperties: true,
  })
  @IsOptional()
  @IsObject()
  readonly input_responses?: JsonObject;

  @ApiPropertyOptional({
    description:
      'The one of the answer that asked. It is good for the same caller, server, tool and arguments, and for as long as expires_in_ms said.',
    example: 'AQEBpmMsNw…',
    maxLength: STATE_MAX,
  })
  @IsOptional()
  @IsString()
  @MaxLength(STATE_MAX)
  readonly request_state?: string;
}

export class ToolResultDto {
  @ApiProperty({ description: 'The server that was called.', example: 'everything' })
  readonly server_name!: string;

  @ApiProperty({ description: 'The tool that was called.', example: 'echo' })
  readonly tool_name!: string;

  @ApiProperty({
    description: 'What the tool answered, as it answered it.',
    example: [{ type: 'text', text: 'Echo: hello' }],
    type: 'array',
    items: { type: 'object', additionalProperties: true },
  })
  readonly content!: readonly JsonValue[];

  @ApiPropertyOptional({
    description: 'The same in a form for programs, where the tool has one.',
    example: { temperature: 22.5 },
    type: 'object',
    additionalProperties: true,
  })
  readonly structured_content?: JsonValue;

  @ApiProperty({ description: 'The tool itself says that it failed.', example: false })
  readonly is_error!: boolean;

  @ApiProperty({ description: 'How long the server took.', example: 12 })
  readonly duration_ms!: number;

  @ApiProperty({
    description: 'The request; finds the record of the call.',
    example: '0f8c3f5e-6c1f-4c5b-9b6e-2b8f6f0f6f52',
  })
  readonly request_id!: string;

  @ApiPropertyOptional({
    description:
      'The server wants to know something before it goes on, and content is empty. Only where the request said accept_input.',
    type: InputRequiredDto,
  })
  readonly input_required?: InputRequiredDto;

  static asked(
    { answer, serverName, durationMs }: AskedAnswer,
    toolName: string,
    requestId: string,
  ): ToolResultDto {
    if ('result' in answer)
      return ToolResultDto.from({ result: answer.result, serverName, durationMs }, toolName, requestId);
    return {
      ...{ server_name: serverName, tool_name: toolName, content: [], is_error: false },
      ...{ duration_ms: durationMs, request_id: requestId },
      input_required: InputRequiredDto.from(answer.inputRequired),
    };
  }

  static from(answer: ToolCallAnswer, toolName: string, requestId: string): ToolResultDto {
    const { result, serverName, durationMs } = answer;
    const { content, structuredContent, isError } = result;
    // Written out twice: joining objects is slow, and this is done for each call.
    if (structuredContent === undefined)
      return {
        server_name: serverName,
        tool_name: toolName,
        content,
        is_error: isError === true,
        duration_ms: durationMs,
        request_id: requestId,
      };
    return {
      server_name: serverName,
      tool_name: toolName,
      content,
      structured_content: structuredContent,
      is_error: isError === true,
      duration_ms: durationMs,
      request_id: requestId,
    };
  }
}
