import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ToolSchemas } from '@app/mcp';

/** Ends the thread that compiles foreign schemas. */
@Injectable()
export class SchemaChecks implements OnApplicationShutdown {
  constructor(private readonly schemas: ToolSchemas) {}

  onApplicationShutdown(): Promise<void> {
    return this.schemas.close();
  }
}
