import { type Command, InvalidArgumentError } from 'commander';
import { EVERY_SPACE } from '../../rules/guard';
import type { RunCommand } from '../program';
import { sync } from './sync';

/** `approve TENANT SPACE FINGERPRINT`: a sync of that space which removes what was blocked under the fingerprint. */
export function addApproveCommand(program: Command, run: RunCommand): void {
  program
    .command('approve')
    .description('let the removals go that a sync or a plan blocked, and nothing else')
    .usage('[options] <tenant> <space> <fingerprint>\n       syncspace approve --all <tenant> <fingerprint>')
    .argument('<tenant>', 'name of the tenant')
    .argument('<space-and-fingerprint...>', 'key of the blocked space, and the fingerprint that its report shows')
    .option('--all', 'every blocked space at once, by the fingerprint that the report shows for all')
    .action((tenant: string, given: readonly string[], { all = false }: { readonly all?: boolean }) => {
      const [space, fingerprint, ...rest] = all ? [EVERY_SPACE, ...given] : given;
      if (space === undefined || fingerprint === undefined || rest.length > 0) {
        throw new InvalidArgumentError('Write TENANT SPACE FINGERPRINT, or --all TENANT FINGERPRINT.');
      }
      const spaces = all ? {} : { space: [space] };
      return run((context) => sync(context, tenant, { ...spaces, approve: { [space]: fingerprint }, wait: true }));
    });
}
