import { type TestRedis } from '@app/testing';
import { type Role } from '../../installation';
import { type OwnPostgres } from './own-postgres';
import { type Random } from './random';
import { type Siege } from './siege';

export interface Victims {
  readonly siege: Siege;
  readonly postgres: OwnPostgres;
  readonly redis: TestRedis;
}

/** Long enough for several requests to be in the middle of something, short enough for many faults in a run. */
const WISHES = { from: 1, to: 30 };
const FELT = { from: 1, to: 12 };

type Fault = (victims: Victims, random: Random) => Promise<void>;

/** kill -9, and the same process again, at once. */
export async function killAndStart({ installation, keeper }: Siege, role: Role): Promise<void> {
  await installation.kill(role);
  await keeper.expireTermsOfTheDead('claims');
  if (role === 'all-in-one' || role === 'provisioner') await keeper.expireTermsOfTheDead('leases');
  await installation.startRole(role);
}

/** A process that stands still and goes on later believes that no time has passed. */
async function freeze({ installation }: Siege, role: Role, until: () => Promise<void>): Promise<void> {
  await installation.kill(role, 'SIGSTOP');
  await until();
  await installation.kill(role, 'SIGCONT');
}

const some = (siege: Siege, random: Random) => (): Promise<void> =>
  siege.acknowledges(random.between(WISHES.from, WISHES.to));

const kill =
  (role: Role): Fault =>
  ({ siege }) =>
    killAndStart(siege, role);

const postgresAway =
  (how: 'crash' | 'stop'): Fault =>
  async ({ siege, postgres }, random) => {
    await postgres[how]();
    await siege.refuses(random.between(FELT.from, FELT.to));
    await postgres.startAgain();
  };

const FAULTS: Readonly<Record<string, Fault>> = {
  'kill the api': kill('api'),
  'kill the worker': kill('worker'),
  'kill the provisioner': kill('provisioner'),
  'crash PostgreSQL': postgresAway('crash'),
  'stop PostgreSQL': postgresAway('stop'),
  'crash Redis': async ({ siege, redis }, random) => {
    await redis.crash();
    await some(siege, random)();
    await redis.startAgain();
  },
  'empty Redis': ({ redis }) => redis.flush(),
  'freeze the worker': ({ siege }, random) => freeze(siege, 'worker', some(siege, random)),
  'freeze the provisioner': ({ siege }, random) => freeze(siege, 'provisioner', some(siege, random)),
  'crash PostgreSQL and kill the worker': async ({ siege, postgres }) => {
    await postgres.crash();
    await siege.installation.kill('worker');
    await postgres.startAgain();
    await siege.installation.startRole('worker');
  },
  'crash Redis and kill the provisioner': async ({ siege, redis }, random) => {
    await redis.crash();
    await siege.installation.kill('provisioner');
    await some(siege, random)();
    await redis.startAgain();
    await siege.keeper.expireTermsOfTheDead('leases');
    await siege.installation.startRole('provisioner');
  },
};

/** Does one thing after the other that must not matter, as the seed says, and lets the load go on in between. */
export async function torment(victims: Victims, random: Random, untilMs: number): Promise<readonly string[]> {
  const done: string[] = [];
  while (performance.now() < untilMs) {
    const name = random.pick(Object.keys(FAULTS));
    done.push(name);
    await FAULTS[name]?.(victims, random);
    await some(victims.siege, random)();
  }
  return done;
}
