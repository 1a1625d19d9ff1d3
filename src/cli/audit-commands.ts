import { type Command } from 'commander';
import { type ApiClient } from './api-client';
import { type AuditFilterOptions, checkExport, exportAudit, listAudit, verifyAudit } from './audit';
import { type CommandContext } from './command-context';

const FILTERS = [
  ['--actor <actor>', 'who acted, as key:… or user:…'],
  ['--action <action>', 'an action, or its beginning with an asterisk'],
  ['--resource <resource>', 'a type, or type/id'],
  ['--from <time>', 'from this time on'],
  ['--to <time>', 'before this time'],
  ['--outcome <outcome>', 'succeeded, denied or failed'],
] as const;

/** `quayside audit …` */
export function addAuditCommands(program: Command, { session, act }: CommandContext): void {
  const api = (): ApiClient => session.api();
  const audit = program.command('audit').description('who did what, and whether the record is whole');
  const list = audit
    .command('list')
    .description('the newest entries')
    .option('--limit <count>', 'how many', '50');
  const exported = audit
    .command('export')
    .description('the entries as a signed file')
    .option('--format <format>', 'ndjson or csv', 'ndjson')
    .option('--output <file>', 'where to (default: standard output)');
  for (const [flags, words] of FILTERS) {
    list.option(flags, words);
    exported.option(flags, words);
  }
  list.action(act((options: AuditFilterOptions & { limit: string }) => listAudit(session, options)));
  exported.action(
    act((options: AuditFilterOptions & { format: string; output?: string }) => exportAudit(api(), options)),
  );
  audit
    .command('verify')
    .description('recompute the whole chain')
    .option('--anchor <sequence:hash>', 'a head that was written down before')
    .action(act((options: { anchor?: string }) => verifyAudit(api(), options)));
  audit
    .command('check <file>')
    .description('check an exported file, without the installation')
    .requiredOption('--public-key <key>', 'export_key of the verification')
    .action(act((file: string, { publicKey }: { publicKey: string }) => checkExport(file, publicKey)));
}
