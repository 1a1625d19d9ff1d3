import { isNativeError } from 'node:util/types';

import { Catch, type RpcExceptionFilter } from '@nestjs/common';
import { throwError, type Observable } from 'rxjs';

/** Hands the error of a handler to the queue as it is: its message is kept, and `UnrecoverableError` stays one. */
@Catch()
export class KeepErrorFilter implements RpcExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => (isNativeError(error) ? error : new Error(String(error))));
  }
}
