import { resolve } from 'node:path';
import { z } from 'zod';
import { ConfigurationError } from './errors';
import { toProblem } from './issues';
import { proxyVariables, proxyWithFiles, toProxySettings } from './proxy';
import type { ProxySettings } from './proxy';
import { integer, numberBetween, oneOf, text } from './values';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const DEFAULT_PATTERN = '*-tenant-config.yaml';

/** What the environment variables of this process say, defaults filled in. */
export interface Environment {
  /** Glob of tenant files (`TENANT_CONFIG_PATH_PATTERN`). */
  readonly tenantConfigPattern: string;
  /** Absolute path of the directory for the embedded server's database, the store and `server.json` (`SYNCSPACE_HOME`). */
  readonly home: string;
  /** PostgreSQL instead of SQLite (`SYNCSPACE_STORE_URL`). Holds a password as a rule: never print it. */
  readonly storeUrl?: string;
  /** Port of the health endpoint; 0 for any free one (`PORT`). */
  readonly port: number;
  /** `NODE_ENV` */
  readonly nodeEnvironment: 'development' | 'production' | 'test';
  /** One of pino's levels (`LOG_LEVEL`). */
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** `conceal` masks titles, names and mail addresses in logs (`LOGS_DIAGNOSTICS_DATA_POLICY`). */
  readonly diagnosticsPolicy: 'conceal' | 'disclose';
  /** The Temporal binary to use for an embedded server (`TEMPORAL_CLI_PATH`). */
  readonly temporalCliPath?: string;
  /** Switches worker versioning on (`SYNCSPACE_BUILD_ID`). */
  readonly buildId?: string;
  readonly metrics: MetricsSettings;
  readonly health: HealthSettings;
  /**
   * How Confluence, and Unique from outside its cluster, are reached (`PROXY_…`). Its files are read by this call: most
   * commands reach neither, and may run where those files are not.
   *
   * @throws {ConfigurationError} Names every variable whose file cannot be used.
   */
  proxy(): ProxySettings;
}

/** Whether and where metrics are offered (`OTEL_METRICS_EXPORTER`, `OTEL_EXPORTER_PROMETHEUS_HOST`, `…_PORT`). */
export type MetricsSettings =
  { readonly exporter: 'none' } | { readonly exporter: 'prometheus'; readonly host: string; readonly port: number };

/** When the health endpoint says that something is wrong. */
export interface HealthSettings {
  /** Last runs per tenant that are looked at (`HEALTH_SYNC_HISTORY_SIZE`). */
  readonly syncHistorySize: number;
  /** Share of them, 0 to 1, that may have failed (`HEALTH_SYNC_TENANT_FAILURE_THRESHOLD`). */
  readonly tenantFailureThreshold: number;
  /** `HEALTH_CONNECTIVITY_TIMEOUT_MS` */
  readonly connectivityTimeoutMs: number;
}

/**
 * The environment of this process, untouched, for what it must be handed on to: this file alone reads `process.env`.
 */
export function processEnvironment(): NodeJS.ProcessEnv {
  return process.env;
}

/** The glob of tenant files, without judging any other variable. */
export function tenantConfigPattern(environment: NodeJS.ProcessEnv): string {
  return withoutBlanks(environment)['TENANT_CONFIG_PATH_PATTERN']?.trim() ?? DEFAULT_PATTERN;
}

/**
 * Reads and checks the variables. A blank one counts as not set, since charts like to render those.
 *
 * `TEMPORAL_ADDRESS` and its kin are left to `@temporalio/envconfig`, `NODE_EXTRA_CA_CERTS` to Node, `MAX_HEAP_MB` to
 * whatever starts Node.
 *
 * @throws {ConfigurationError} Names every variable that is wrong.
 */
export function readEnvironment(environment: NodeJS.ProcessEnv = processEnvironment()): Environment {
  const input = withoutBlanks(environment);
  const proxyInput = { PROXY_AUTH_MODE: 'none', ...input };
  const general = environmentSchema.safeParse(input);
  const proxy = proxyVariables.safeParse(proxyInput);
  if (!general.success || !proxy.success) throw refusal(input, general.error, proxy.error);
  return toEnvironment(general.data, () => {
    const read = proxyWithFiles.safeParse(proxyInput);
    if (!read.success) throw refusal(input, read.error);
    return toProxySettings(read.data);
  });
}

function refusal(
  input: Readonly<Record<string, string>>,
  ...errors: readonly (z.ZodError | undefined)[]
): ConfigurationError {
  const issues = errors.flatMap((error) => error?.issues ?? []);
  return new ConfigurationError(issues.map((issue) => toProblem(issue, { file: 'environment', input, isSecret })));
}

const environmentSchema = z.object({
  TENANT_CONFIG_PATH_PATTERN: text().default(DEFAULT_PATTERN),
  SYNCSPACE_HOME: text().default('.syncspace'),
  SYNCSPACE_STORE_URL: z
    .string()
    .trim()
    .regex(/^postgres(ql)?:\/\/./i, {
      error: 'Write postgresql://user:password@host/database, or unset it for SQLite.',
    })
    .optional(),
  SYNCSPACE_BUILD_ID: text().optional(),
  TEMPORAL_CLI_PATH: text().optional(),
  NODE_ENV: oneOf(['development', 'production', 'test']).default('production'),
  PORT: integer(0, 65_535).prefault(51_349),
  LOG_LEVEL: oneOf(LOG_LEVELS).default('info'),
  LOGS_DIAGNOSTICS_DATA_POLICY: oneOf(['conceal', 'disclose']).default('conceal'),
  OTEL_METRICS_EXPORTER: oneOf(['none', 'prometheus']).default('none'),
  OTEL_EXPORTER_PROMETHEUS_HOST: text().default('0.0.0.0'),
  OTEL_EXPORTER_PROMETHEUS_PORT: integer(0, 65_535).prefault(51_350),
  HEALTH_SYNC_HISTORY_SIZE: integer(1).prefault(5),
  HEALTH_SYNC_TENANT_FAILURE_THRESHOLD: numberBetween(0, 1).prefault(0.5),
  HEALTH_CONNECTIVITY_TIMEOUT_MS: integer(1).prefault(3_000),
});

function toEnvironment(values: z.output<typeof environmentSchema>, proxy: Environment['proxy']): Environment {
  return {
    tenantConfigPattern: values.TENANT_CONFIG_PATH_PATTERN,
    home: resolve(values.SYNCSPACE_HOME),
    ...(values.SYNCSPACE_STORE_URL !== undefined && { storeUrl: values.SYNCSPACE_STORE_URL }),
    port: values.PORT,
    nodeEnvironment: values.NODE_ENV,
    logLevel: values.LOG_LEVEL,
    diagnosticsPolicy: values.LOGS_DIAGNOSTICS_DATA_POLICY,
    ...(values.TEMPORAL_CLI_PATH !== undefined && { temporalCliPath: values.TEMPORAL_CLI_PATH }),
    ...(values.SYNCSPACE_BUILD_ID !== undefined && { buildId: values.SYNCSPACE_BUILD_ID }),
    metrics: toMetrics(values),
    health: {
      syncHistorySize: values.HEALTH_SYNC_HISTORY_SIZE,
      tenantFailureThreshold: values.HEALTH_SYNC_TENANT_FAILURE_THRESHOLD,
      connectivityTimeoutMs: values.HEALTH_CONNECTIVITY_TIMEOUT_MS,
    },
    proxy,
  };
}

function toMetrics(values: z.output<typeof environmentSchema>): MetricsSettings {
  if (values.OTEL_METRICS_EXPORTER === 'none') return { exporter: 'none' };
  const { OTEL_EXPORTER_PROMETHEUS_HOST: host, OTEL_EXPORTER_PROMETHEUS_PORT: port } = values;
  return { exporter: 'prometheus', host, port };
}

function withoutBlanks(environment: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => (entry[1] ?? '').trim() !== ''),
  );
}

function isSecret(name: string): boolean {
  return ['SYNCSPACE_STORE_URL', 'PROXY_PASSWORD', 'PROXY_HEADERS'].includes(name);
}
