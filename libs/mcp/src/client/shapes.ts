import { type JsonObject, type JsonValue } from '@app/kernel';
import { isObject } from '../wire/json-rpc';
import {
  type McpPrompt,
  type McpPromptResult,
  type McpResource,
  type McpResourceContents,
  type McpResourceTemplate,
  type McpTool,
  type McpToolResult,
} from './session';

/** As much of a shape as anything depends on; everything here was written by a stranger. */
const named = (value: JsonValue): value is JsonObject & { readonly name: string } =>
  isObject(value) && typeof value.name === 'string';
export const isTool = (value: JsonValue): value is McpTool => named(value) && isObject(value.inputSchema);
export const isResource = (value: JsonValue): value is McpResource =>
  named(value) && typeof value.uri === 'string';
export const isTemplate = (value: JsonValue): value is McpResourceTemplate =>
  named(value) && typeof value.uriTemplate === 'string';
export const isPrompt = (value: JsonValue): value is McpPrompt => named(value);
export const isToolResult = (value: JsonObject): value is McpToolResult => Array.isArray(value.content);
export const isContents = (value: JsonObject): value is McpResourceContents => Array.isArray(value.contents);
export const isPromptResult = (value: JsonObject): value is McpPromptResult => Array.isArray(value.messages);
