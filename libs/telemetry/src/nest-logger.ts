import { isNativeError } from 'node:util/types';

import { type LoggerService } from '@nestjs/common';

import { type Logger, type LogLevel } from './logger';

/** The framework tells of each module and route at start; silent success is the rule here. */
const CHATTER = new Set([
  'NestFactory',
  'NestApplication',
  'NestMicroservice',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'WebSocketsController',
]);

/** Lets `new Logger(Context.name)` of the framework speak through our logger. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    const { context, extra } = split(rest);
    this.write(context !== undefined && CHATTER.has(context) ? 'debug' : 'info', message, context, extra);
  }
  warn(message: unknown, ...rest: unknown[]): void {
    const { context, extra } = split(rest);
    this.write('warn', message, context, extra);
  }
  error(message: unknown, ...rest: unknown[]): void {
    const { context, extra } = split(rest);
    this.write('error', message, context, extra);
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.error(message, ...rest);
  }
  debug(message: unknown, ...rest: unknown[]): void {
    const { context, extra } = split(rest);
    this.write('debug', message, context, extra);
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.debug(message, ...rest);
  }

  private write(
    level: LogLevel,
    message: unknown,
    context: string | undefined,
    extra: readonly unknown[],
  ): void {
    const members: Record<string, unknown> = context === undefined ? {} : { context };
    for (const item of extra) addExtra(members, item);
    if (isNativeError(message)) members['err'] = message;
    else if (typeof message === 'object' && message !== null) Object.assign(members, message);
    this.logger[level](members, textOf(message));
  }
}

/** By the framework's custom the last string is the context; a stack or more objects may stand before it. */
function split(rest: readonly unknown[]): { context: string | undefined; extra: readonly unknown[] } {
  const last = rest.at(-1);
  return typeof last === 'string'
    ? { context: last, extra: rest.slice(0, -1) }
    : { context: undefined, extra: rest };
}

function addExtra(members: Record<string, unknown>, item: unknown): void {
  if (isNativeError(item)) members['err'] = item;
  else if (typeof item === 'string') members['err'] ??= { message: '', stack: item };
  else if (typeof item === 'object' && item !== null) Object.assign(members, item);
}

function textOf(message: unknown): string {
  if (isNativeError(message)) return message.message;
  if (typeof message === 'object' && message !== null) {
    return 'msg' in message && typeof message.msg === 'string' ? message.msg : '';
  }
  return String(message);
}
