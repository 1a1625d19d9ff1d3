import { type Command } from 'commander';
import { type ApiClient } from './api-client';
import { Home } from './home';
import { type CommandContext } from './command-context';
import {
  dropKey,
  keyPlace,
  listSecrets,
  makeKeyPrimary,
  newKey,
  removeSecret,
  rotateKey,
  setSecret,
  showKeyring,
  type ValueSource,
} from './secrets';

const FILE_OPTION = [
  '--file <path>',
  'the file with the keys (default: MASTER_KEY_FILE, else the data folder)',
] as const;

/** `quayside secrets …` */
export function addSecretsCommands(program: Command, { session, env, dataDir, act }: CommandContext): void {
  const home = (): Home => new Home(dataDir());
  const api = (): ApiClient => session.api();
  const secrets = program.command('secrets').description('secrets and the keys that seal them');
  secrets
    .command('list')
    .description('names and use; never values')
    .option('--scope <scope>', 'only this scope')
    .action(act(({ scope }: { scope?: string }) => listSecrets(session, scope)));
  secrets
    .command('set <scope> <name>')
    .description('store a value, from standard input unless said otherwise')
    .option('--from-env <variable>', 'take it from this variable')
    .option('--from-file <path>', 'take it from this file')
    .action(
      act((scope: string, name: string, source: ValueSource) =>
        setSecret(session, [scope, name], source, env),
      ),
    );
  secrets
    .command('rm <scope> <name>')
    .description('delete a secret with all its versions')
    .action(act((scope: string, name: string) => removeSecret(api(), scope, name)));
  secrets
    .command('keyring')
    .description('the master keys, and which of them may go')
    .action(act(() => showKeyring(session)));
  secrets
    .command('rotate-key')
    .description('wrap all secrets with the primary master key, and wait')
    .option('--no-wait', 'do not wait')
    .action(act(({ wait }: { wait: boolean }) => rotateKey(api(), wait)));
  secrets
    .command('new-key')
    .description('add a new master key as the primary one')
    .option(...FILE_OPTION)
    .option('--behind', 'add it behind the others, for processes that are started again one by one', false)
    .action(
      act(({ file, behind }: { file?: string; behind: boolean }) => {
        newKey(keyPlace(home(), file, env), behind);
      }),
    );
  secrets
    .command('use-key <kid>')
    .description('make a master key the primary one')
    .option(...FILE_OPTION)
    .action(
      act((kid: string, { file }: { file?: string }) => {
        makeKeyPrimary(keyPlace(home(), file, env), kid);
      }),
    );
  secrets
    .command('drop-key <kid>')
    .description('remove a master key that nothing needs any more')
    .option(...FILE_OPTION)
    .action(
      act((kid: string, { file }: { file?: string }) => dropKey(api(), keyPlace(home(), file, env), kid)),
    );
}
