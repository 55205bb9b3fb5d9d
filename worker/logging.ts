import type { LogLevel, LogMetadata, Logger as TemporalLogger } from '@temporalio/worker';
import pino, { type Level, type Logger } from 'pino';
import type { Environment } from '../config/environment';

/**
 * JSON lines on stderr, because stdout belongs to what a command prints.
 *
 * Redaction is a second line of defence only: credentials and titles are not handed to the logger at all.
 */
export function createLogger({ logLevel }: Pick<Environment, 'logLevel'>): Logger {
  const redact = {
    paths: ['*.authorization', '*.Authorization', 'headers', '*.headers', 'writeUrl', 'readUrl'],
    censor: '[redacted]',
  };
  return pino({ level: logLevel, redact, base: { name: 'syncspace' } }, pino.destination({ fd: 2, sync: false }));
}

const LEVEL: Readonly<Record<LogLevel, Level>> = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
};

/** Temporal's own log lines in ours. */
export class TemporalLogLines implements TemporalLogger {
  constructor(private readonly base: Logger) {}

  log(level: LogLevel, message: string, meta: LogMetadata = {}): void {
    // Whoever has an activity's task token can complete it.
    const { taskToken: _secret, ...rest } = meta;
    this.base[LEVEL[level]](rest, message);
  }

  trace(message: string, meta?: LogMetadata): void {
    this.log('TRACE', message, meta);
  }
  debug(message: string, meta?: LogMetadata): void {
    this.log('DEBUG', message, meta);
  }
  info(message: string, meta?: LogMetadata): void {
    this.log('INFO', message, meta);
  }
  warn(message: string, meta?: LogMetadata): void {
    this.log('WARN', message, meta);
  }
  error(message: string, meta?: LogMetadata): void {
    this.log('ERROR', message, meta);
  }
}
