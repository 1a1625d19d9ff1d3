import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity.module';
import { Principals } from './principals';

/** For work that is done later, in the name of who asked for it. */
@Module({ imports: [IdentityModule], providers: [Principals], exports: [Principals] })
export class PrincipalsModule {}
