import { z } from 'zod';
import { tenantFileSchema } from './schema';

/**
 * The JSON Schema (draft 7) of a tenant file, for editors: it completes keys, shows what they mean and marks mistakes.
 *
 * Made from the schema that checks the files, so the two cannot differ, except that numbers in quotes, empty optional
 * keys and whatever no JSON Schema can say (that a variable is set, that a time zone exists) are judged at loading only.
 */
export function tenantJsonSchema(): object {
  return { title: 'SyncSpace tenant file', ...tenantFileJsonSchema() };
}

/** The same, as a tree to walk. */
export function tenantFileJsonSchema(): z.core.JSONSchema.JSONSchema {
  return z.toJSONSchema(tenantFileSchema({}), { io: 'input', target: 'draft-7' });
}
