import { z } from 'zod';
import { resolveSecret } from './secret-reference';

const REMEDY = 'Write os.environ/NAME or file:/path, or the secret itself in quotes.';

/**
 * A secret: `os.environ/NAME`, `file:/path` or, discouraged, the value itself. A reference that leads nowhere is an
 * issue whose `params.found` tells where it was looked for.
 */
export function secret(environment: NodeJS.ProcessEnv) {
  return z
    .string({ error: REMEDY })
    .trim()
    .min(1, { error: REMEDY })
    .transform((reference, context) => {
      const resolved = resolveSecret(reference, environment);
      if ('secret' in resolved) return resolved;
      context.addIssue({ code: 'custom', message: resolved.remedy, params: { found: resolved.message } });
      return z.NEVER;
    })
    .meta({ description: 'Secret: os.environ/NAME, file:/path, or the value itself.' });
}
