import type { SpacesToDeleteInput, SpacesToDeleteResult } from '../contract';
import type { TenantContext } from '../context';
import { inStep } from '../errors';
import { ownSpaces } from './own-spaces';

/** The next of the tenant's spaces by key. Reads only. */
export async function spacesToDelete(
  context: TenantContext,
  { after, limit }: SpacesToDeleteInput,
  signal: AbortSignal,
): Promise<SpacesToDeleteResult> {
  const { config, unique } = context;
  const children = await inStep('scope', () => unique.childScopes(config.ingestion.scopeId, signal));
  const spaces = (await ownSpaces(context, children)).filter(({ spaceKey }) => spaceKey > after);
  return { spaces: spaces.slice(0, limit), isLast: spaces.length <= limit };
}
