import { loadClientConfigProfile, toClientOptions } from '@temporalio/envconfig';
import type { NativeConnectionOptions } from '@temporalio/worker';

/** A Temporal server that somebody runs for us. */
export interface ConfiguredTemporal {
  readonly address: string;
  readonly namespace: string;
  /** TLS, API key and metadata included. */
  readonly connectionOptions: NativeConnectionOptions;
}

/**
 * The Temporal server named by `TEMPORAL_ADDRESS` and its kin, or by a profile of `temporal.toml`; `undefined` when no
 * address is configured, however much else is.
 *
 * @see https://docs.temporal.io/develop/environment-configuration (read 2026-11-24)
 */
export function configuredTemporal(environment: NodeJS.ProcessEnv): ConfiguredTemporal | undefined {
  const overrideEnvVars = Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => (entry[1] ?? '').trim() !== ''),
  );
  const profile = loadClientConfigProfile({ overrideEnvVars });
  if (profile.address === undefined) return undefined;
  const { connectionOptions, namespace = 'default' } = toClientOptions(profile);
  return { address: profile.address, namespace, connectionOptions };
}
