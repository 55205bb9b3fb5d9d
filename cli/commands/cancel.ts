import type { Command } from 'commander';
import type { TurnedTenant } from '../../client';
import type { RunCommand } from '../program';
import { steer } from './steer';

/** `cancel TENANT`: the running sync ends as cancelled. */
export function addCancelCommand(program: Command, run: RunCommand): void {
  program
    .command('cancel')
    .description('cancel the running sync of a tenant; the next one takes up what it left')
    .argument('<tenant>')
    .action((tenant: string) =>
      run((context) => steer(context, tenant, (client) => client.cancel(tenant), cancelledText)),
    );
}

function cancelledText({ tenant, sync }: TurnedTenant): string {
  if (!sync) return `No sync of ${tenant} runs: there is nothing to cancel.`;
  return `The sync of ${tenant} is asked to stop. It ends at its next batches; if no worker runs, as soon as one does.`;
}
