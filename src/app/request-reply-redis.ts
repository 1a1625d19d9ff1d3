import { ClientRedis, type RedisOptions, ServerRedis } from '@nestjs/microservices';

/** Where questions and answers are sent: the channels of one installation in a Redis that others may use, too. */
export interface SpacedRedisOptions {
  readonly space: string;
  readonly redis: Required<RedisOptions>['options'];
}

const inSpace = (space: string, pattern: string): string => `${space}:${pattern}`;

export class SpacedRedisServer extends ServerRedis {
  private readonly space: string;

  constructor({ space, redis }: SpacedRedisOptions) {
    super(redis);
    this.space = space;
  }

  override getRequestPattern(pattern: string): string {
    return inSpace(this.space, pattern);
  }

  /** Handlers are known by their patterns; the answer goes to the channel that belongs to the asked one. */
  override handleMessage(
    channel: string,
    buffer: string,
    publisher: unknown,
    asked: string,
  ): Promise<unknown> {
    return super.handleMessage(channel.slice(inSpace(this.space, '').length), buffer, publisher, asked);
  }
}

export class SpacedRedisClient extends ClientRedis {
  private readonly space: string;

  constructor({ space, redis }: SpacedRedisOptions) {
    super(redis);
    this.space = space;
  }

  override getRequestPattern(pattern: string): string {
    return inSpace(this.space, pattern);
  }

  override getReplyPattern(pattern: string): string {
    return super.getReplyPattern(inSpace(this.space, pattern));
  }
}
