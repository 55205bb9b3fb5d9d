import type { Command } from 'commander';
import type { TurnedTenant } from '../../client';
import type { RunCommand } from '../program';
import { steer } from './steer';

/** `resume TENANT`: ends a pause. */
export function addResumeCommand(program: Command, run: RunCommand): void {
  program
    .command('resume')
    .description('go on after a pause')
    .argument('<tenant>')
    .action((tenant: string) =>
      run((context) => steer(context, tenant, (client) => client.resume(tenant), resumedText)),
    );
}

function resumedText({ tenant, sync, schedule }: TurnedTenant): string {
  if (!sync && !schedule) return `${tenant} has neither a running sync nor a Schedule: nothing was paused.`;
  const what = [sync ? ['its sync goes on'] : [], schedule ? ['its Schedule is active'] : []].flat();
  return `${tenant} is not paused any more: ${what.join(' and ')}.`;
}
