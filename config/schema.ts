import { z } from 'zod';
import { parseCron } from './cron';
import { confluenceSection } from './schema-confluence';
import { ingestionSection } from './schema-ingestion';
import { uniqueSection } from './schema-unique';
import { exactTimeZone } from './time-zone';
import { integer, notNegative, numberBetween, oneOf, optional, text } from './values';

/**
 * The schema of a tenant file, and so the place of every default and limit. What comes out still has the file's shape.
 *
 * Keys and defaults are those of the connector that ships with Unique (its operator documentation, version 3.0.1), so
 * that its files work unchanged; `confluence.apiUrl`, `unique.batchSize`, `deletion`, `verify` and `schedule` are ours.
 *
 * @param environment Where `os.environ/NAME` is looked up.
 */
export function tenantFileSchema(environment: NodeJS.ProcessEnv) {
  return z.strictObject({
    status: optional(oneOf(['active', 'inactive', 'deleted']), 'active').meta({
      description: 'active: synced. inactive: validated only. deleted: what it put into Unique is removed.',
    }),
    confluence: confluenceSection(environment),
    unique: uniqueSection(environment),
    processing: optional(processingSection(), {}),
    ingestion: ingestionSection(),
    deletion: optional(deletionSection(), {}),
    verify: optional(verifySection(), {}),
    schedule: optional(scheduleSection(), {}),
  });
}

/** The schema, bound to an environment. Building it takes milliseconds: build it once for all files. */
export type TenantFileSchema = ReturnType<typeof tenantFileSchema>;

/** A tenant file that kept all rules. */
export type TenantFile = z.output<TenantFileSchema>;

function processingSection() {
  return z.strictObject({
    concurrency: optional(integer(1), 1).meta({ description: 'Transfers in flight.' }),
    scanIntervalCron: optional(cron(), '*/15 * * * *').meta({
      description: 'When to sync: five fields (minute, hour, day of the month, month, day of the week).',
    }),
    maxItemsToScan: z
      .preprocess((value) => (value === '' || value === null ? undefined : value), integer(1).optional())
      .optional()
      .meta({ description: 'For trials: stop after this many items; nothing is removed then. Empty: unlimited.' }),
  });
}

function deletionSection() {
  return z.strictObject({
    maxShare: optional(numberBetween(0, 100), 30).meta({
      description: 'Percent of a space; more removals than that, and more than minItems, wait for an approval.',
    }),
    minItems: optional(integer(0), 5).meta({ description: 'Up to this many removals of a space need no approval.' }),
    graceMinutes: optional(notNegative(), 60).meta({
      description: 'How long an item must stay away before it is removed.',
    }),
  });
}

function verifySection() {
  return z.strictObject({
    waitMinutes: optional(notNegative(), 1).meta({ description: "Longest wait for the platform's own processing." }),
    compareHours: optional(notNegative(), 24).meta({
      description: 'A space is compared with the platform at least this often.',
    }),
    doubtMinutes: optional(notNegative(), 10).meta({
      description: 'How long a request of a process that died may still be on its way.',
    }),
  });
}

function scheduleSection() {
  return z.strictObject({
    enabled: optional(z.boolean({ error: 'Write true or false, without quotes.' }), true).meta({
      description: 'false: syncs run only when asked for.',
    }),
    timezone: optional(timeZone(), 'UTC').meta({
      description: 'Time zone of the cron expression, such as Europe/Berlin.',
    }),
  });
}

function cron() {
  return text('Write five cron fields in quotes, e.g. "*/15 * * * *".').transform((value, context) => {
    const parsed = parseCron(value);
    if (!('refusal' in parsed)) return parsed;
    context.addIssue({ code: 'custom', message: parsed.refusal });
    return z.NEVER;
  });
}

function timeZone() {
  const remedy = 'Write a time zone such as Europe/Berlin or UTC.';
  return text(remedy).transform((value, context) => {
    const exact = exactTimeZone(value);
    if (exact !== undefined) return exact;
    context.addIssue({ code: 'custom', message: remedy });
    return z.NEVER;
  });
}
