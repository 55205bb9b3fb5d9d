import type { Command } from 'commander';
import type { TurnedTenant } from '../../client';
import type { RunCommand } from '../program';
import { steer } from './steer';

/** `pause TENANT`: nothing more is synced until the resume; what runs stops at its next batches. */
export function addPauseCommand(program: Command, run: RunCommand): void {
  program
    .command('pause')
    .description("pause a tenant's sync and its Schedule")
    .argument('<tenant>')
    .option('--reason <text>', 'shown to whoever looks at it', 'paused from the command line')
    .action((tenant: string, { reason }: { readonly reason: string }) =>
      run((context) => steer(context, tenant, (client) => client.pause(tenant, reason), pausedText)),
    );
}

function pausedText({ tenant, sync, schedule }: TurnedTenant): string {
  const what = [
    sync ? 'the running sync stops at its next batches' : 'no sync runs',
    schedule ? 'the Schedule starts none' : 'there is no Schedule',
  ];
  return `${tenant} is paused: ${what.join(', ')}. Go on with \`syncspace resume ${tenant}\`.`;
}
