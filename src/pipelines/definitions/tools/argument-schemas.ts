import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ToolSchemas } from '@app/mcp';

/** Schemas of tools in a process that saves pipelines; the thread that compiles them ends with it. */
@Injectable()
export class ArgumentSchemas extends ToolSchemas implements OnApplicationShutdown {
  onApplicationShutdown(): Promise<void> {
    return this.close();
  }
}
