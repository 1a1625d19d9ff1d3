import { Injectable } from '@nestjs/common';
import { type FieldProblem, type JsonObject } from '@app/kernel';
import { SchemaCheckUnavailableError } from '@app/mcp';
import { type Principal, scopeOf } from '@app/telemetry';
import { Access } from '../../../identity';
import { type StageBody } from '../pipeline-body';
import { problem } from '../problems';
import { certainProblems } from './argument-problems';
import { ArgumentSchemas } from './argument-schemas';
import { ToolListQuestions } from './tool-list-questions';
import { type KnownServer, type KnownTool } from './tool-list-rows';

/** Servers that one pipeline calls. */
export const SERVERS_MAX = 100;

interface Call {
  readonly server: string;
  readonly tool: string;
  readonly args: JsonObject;
  readonly pointer: string;
}

export interface Judgement {
  readonly problems: readonly FieldProblem[];
  readonly warnings: readonly FieldProblem[];
}

/** Stages that call tools: server and tool are there for the caller, and the arguments fit the tool's schema. */
@Injectable()
export class ToolStages {
  constructor(
    private readonly questions: ToolListQuestions,
    private readonly access: Access,
    private readonly schemas: ArgumentSchemas,
  ) {}

  async judge(principal: Principal, stages: readonly StageBody[]): Promise<Judgement> {
    const calls = callsOf(stages);
    const names = [...new Set(calls.map(({ server }) => server))];
    if (names.length === 0) return { problems: [], warnings: [] };
    if (names.length > SERVERS_MAX) {
      const detail = `call more than ${String(SERVERS_MAX)} servers`;
      return { problems: [problem('/stages', detail, 'too_many')], warnings: [] };
    }
    const servers = await this.questions.ask(scopeOf(principal), names);
    const judged: Judgement[] = [];
    for (const call of calls) judged.push(await this.judgeCall(principal, call, servers));
    return {
      problems: judged.flatMap(({ problems }) => problems),
      warnings: judged.flatMap(({ warnings }) => warnings),
    };
  }

  private async judgeCall(
    principal: Principal,
    call: Call,
    servers: readonly KnownServer[],
  ): Promise<Judgement> {
    const server = servers.find(({ id, name }) => name === call.server || id === call.server);
    if (server === undefined || !this.mayCall(principal, server))
      return refuse(`${call.pointer}/server_name`, 'is no server whose tools you may call', 'server_unknown');
    if (server.tools === null)
      return warn(call, `"${server.name}" could not be asked for its tools${because(server)}`);
    const tool = server.tools.find(({ name }) => name === call.tool);
    if (tool === undefined || !this.mayCall(principal, server, call.tool)) return missing(server, call);
    const found = await this.faultsOf(tool, call);
    return isSeenNow(server)
      ? found
      : { problems: [], warnings: [...warn(call, told(server)).warnings, ...found.problems] };
  }

  private mayCall(principal: Principal, { id, name }: KnownServer, tool?: string): boolean {
    const { workspaceId } = principal;
    const server = { type: 'instances', id, name, workspaceId } as const;
    return this.access.may(principal, 'tools:call', tool === undefined ? server : { ...server, tool });
  }

  private async faultsOf({ inputSchema }: KnownTool, call: Call): Promise<Judgement> {
    const at = `${call.pointer}/arguments`;
    try {
      const faults = await this.schemas.validate(inputSchema, call.args, at);
      return { problems: certainProblems(faults, call.args, at), warnings: [] };
    } catch (error) {
      if (!(error instanceof SchemaCheckUnavailableError)) throw error;
      return warn(call, 'could not be checked against the schema of its tool now');
    }
  }
}

/** Of stages and of what undoes them. */
function callsOf(stages: readonly StageBody[]): readonly Call[] {
  return stages.flatMap(({ tool, compensation }, at) => {
    const stage = `/stages/${String(at)}`;
    return [
      { tool, pointer: `${stage}/tool` },
      { tool: compensation?.tool, pointer: `${stage}/compensation/tool` },
    ].flatMap(({ tool: one, pointer }) =>
      one === undefined
        ? []
        : [{ server: one.server_name, tool: one.tool_name, args: one.arguments ?? {}, pointer }],
    );
  });
}

/** An old list that lacks a tool proves nothing. */
function missing(server: KnownServer, call: Call): Judgement {
  return isSeenNow(server)
    ? refuse(`${call.pointer}/tool_name`, `is no tool of "${server.name}" that you may call`, 'tool_unknown')
    : warn(call, `"${server.name}" did not offer "${call.tool}" when it was seen last${because(server)}`);
}

const isSeenNow = ({ isFresh, failure }: KnownServer): boolean => isFresh && failure === null;

const refuse = (pointer: string, detail: string, code: string): Judgement => ({
  problems: [problem(pointer, detail, code)],
  warnings: [],
});

const warn = ({ pointer }: Call, detail: string): Judgement => ({
  problems: [],
  warnings: [problem(pointer, detail, 'not_checked')],
});

const because = ({ failure }: KnownServer): string => (failure === null ? '' : `: ${failure}`);

const told = (server: KnownServer): string =>
  `"${server.name}" could not be asked now; checked against what it offered at ${String(server.toolsAt?.toISOString())}`;
