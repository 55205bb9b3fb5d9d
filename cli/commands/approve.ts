import type { Command } from 'commander';
import type { RunCommand } from '../program';
import { sync } from './sync';

/** `approve TENANT SPACE FINGERPRINT`: a sync of that space which removes what was blocked under the fingerprint. */
export function addApproveCommand(program: Command, run: RunCommand): void {
  program
    .command('approve')
    .description('let the removals go that a sync blocked, and nothing else')
    .argument('<tenant>', 'name of the tenant')
    .argument('<space>', 'key of the blocked space')
    .argument('<fingerprint>', 'as the report of the blocked sync prints it')
    .action((tenant: string, space: string, fingerprint: string) =>
      run((context) => sync(context, tenant, { space: [space], approve: { [space]: fingerprint }, wait: true })),
    );
}
