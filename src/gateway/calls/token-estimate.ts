import { type McpTool } from '@app/mcp';

/** Between what the tokenizers of today need for English and for JSON; none of them is ours to ship. */
const CHARACTERS_PER_TOKEN = 4;
/** What a model's own frame around each tool takes. */
const FRAME_TOKENS = 8;

/** Tools stay the same objects while their list is remembered: each is measured once. */
const MEASURED = new WeakMap<McpTool, number>();

/** About what a model is shown of a tool at each turn, in tokens. */
export function tokensOf(tool: McpTool): number {
  const known = MEASURED.get(tool);
  if (known !== undefined) return known;
  const { name, description, inputSchema } = tool;
  const shown = JSON.stringify({ name, description, input_schema: inputSchema });
  const tokens = FRAME_TOKENS + Math.ceil(shown.length / CHARACTERS_PER_TOKEN);
  MEASURED.set(tool, tokens);
  return tokens;
}
