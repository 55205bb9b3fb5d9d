import type { TenantContext } from '../activities/context';
import { PlaceChangedError } from '../activities/errors';
import { fingerprint } from '../config/fingerprint';
import { findTenant, type LoadedTenants } from '../config/load';
import type { TenantConfig } from '../config/tenant';
import { closeTenantContext, createTenantContext, type Shared } from './tenant-context';

/**
 * What activities work with, by tenant; made anew when the tenant's configuration changed.
 *
 * A run keeps its place: its steps get what was configured last while the file still led there, however it reads by now.
 * A context that is replaced is not closed but let go: activities may still work with it, and connections that nobody
 * uses end by themselves after some seconds.
 */
export class TenantContexts {
  private readonly current = new Map<string, { readonly print: string; readonly context: TenantContext }>();
  private readonly ofFormerPlaces = new Map<string, TenantContext>();

  constructor(
    private loaded: LoadedTenants,
    private readonly shared: Shared,
  ) {}

  /** @throws {UnknownTenantError} @throws {ConfigurationError} @throws {PlaceChangedError} */
  get(tenant: string, place?: string): TenantContext {
    const context = this.currentOf(findTenant(this.loaded, tenant));
    if (place === undefined || place === context.place) return context;
    const former = this.ofFormerPlaces.get(`${tenant} ${place}`);
    if (former === undefined) throw new PlaceChangedError(tenant);
    return former;
  }

  /** For activities that begin from now on. */
  replace(loaded: LoadedTenants): void {
    // Runs may have begun at these places before this process, and their next steps come after the change.
    for (const config of this.loaded.tenants) this.currentOf(config);
    this.loaded = loaded;
  }

  close(): void {
    for (const { context } of this.current.values()) closeTenantContext(context);
    for (const context of this.ofFormerPlaces.values()) closeTenantContext(context);
  }

  private currentOf(config: TenantConfig): TenantContext {
    const { tenant } = config;
    const print = fingerprint(config);
    const known = this.current.get(tenant);
    if (known?.print === print) return known.context;
    const context = createTenantContext(config, this.shared);
    this.current.set(tenant, { print, context });
    if (known !== undefined && known.context.place !== context.place) {
      this.ofFormerPlaces.set(`${tenant} ${known.context.place}`, known.context);
    }
    return context;
  }
}
