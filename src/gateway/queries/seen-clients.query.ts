import { Query } from '@nestjs/cqrs';
import { type Visitor } from '../visitors/visitor';

/** Clients that came to faces the caller may see, the latest first. */
export class SeenClientsQuery extends Query<readonly Visitor[]> {}
