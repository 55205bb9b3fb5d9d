import type { ConfigProblem } from './errors';
import type { ConfluenceConfig, TenantConfig } from './tenant';
import { siteOf } from './web-address';

/**
 * Problems of tenants that are fine alone and not together: each file is named in the problem of the other.
 *
 * @param before tenants that are served: one that keeps its site has no problem when another comes to it
 */
export function siteConflicts(
  tenants: readonly TenantConfig[],
  before: readonly TenantConfig[],
): readonly ConfigProblem[] {
  const served = new Set(activeOf(before).map(siteOfTenant));
  return groupBy(activeOf(tenants), ({ confluence }) => siteKey(confluence)).flatMap((group) =>
    group
      .filter((tenant) => !served.has(siteOfTenant(tenant)))
      .map(({ file, confluence }) => ({
        file,
        path: confluence.instanceType === 'cloud' ? 'confluence.cloudId' : 'confluence.baseUrl',
        message: `is the site of another active tenant too: ${others(group, file)}`,
        remedy: 'Keep one of them active; set status: inactive in the others, or join them into one file.',
      })),
  );
}

/** Problems of files in different directories that are named for the same tenant. */
export function nameConflicts(
  files: readonly { readonly file: string; readonly tenant: string }[],
): readonly ConfigProblem[] {
  return groupBy(files, ({ tenant }) => tenant).flatMap((group) =>
    group.map(({ file, tenant }) => ({
      file,
      path: '',
      message: `is not the only file for the tenant ${tenant}: ${others(group, file)}`,
      remedy: 'Rename or remove one, or narrow the pattern.',
    })),
  );
}

function activeOf(tenants: readonly TenantConfig[]): readonly TenantConfig[] {
  return tenants.filter(({ status }) => status === 'active');
}

function siteOfTenant({ tenant, confluence }: TenantConfig): string {
  return `${tenant} at ${siteKey(confluence)}`;
}

function siteKey({ instanceType, cloudId, baseUrl }: ConfluenceConfig): string {
  return instanceType === 'cloud' ? `cloud ${cloudId?.toLowerCase()}` : `data-center ${siteOf(baseUrl)}`;
}

/** Groups of two and more. */
function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): readonly (readonly Item[])[] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

function others(group: readonly { readonly file: string }[], file: string): string {
  return group
    .map((member) => member.file)
    .filter((other) => other !== file)
    .join(', ');
}
