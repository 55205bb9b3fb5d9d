import type { TenantContext } from './context';
import type { AcquireTokensInput } from './contract';
import { inStep } from './errors';

/**
 * Proves the credentials of both sides before a space is begun. Every worker keeps its own tokens; only when the first
 * of them ends is told, so that nothing secret comes near Temporal's history.
 */
export async function acquireTokens(
  { config, confluence, unique }: TenantContext,
  { afresh = false }: AcquireTokensInput,
  signal: AbortSignal,
): Promise<{ readonly expiresAt?: string }> {
  const source = await inStep('tokens', () => confluence.checkAccess(signal));
  const target = await inStep('tokens', () => unique.checkAccess(signal));
  if (afresh) {
    await inStep('tokens', () => confluence.probe(signal));
    await inStep('tokens', () => unique.scope(config.ingestion.scopeId, signal));
  }
  const ends = [source.tokenExpiresAt, target.tokenExpiresAt].filter((at) => at !== undefined);
  return ends.length === 0 ? {} : { expiresAt: new Date(Math.min(...ends)).toISOString() };
}
