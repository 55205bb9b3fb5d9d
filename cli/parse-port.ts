import { InvalidArgumentError } from 'commander';

/**
 * A port from the command line.
 *
 * @throws {InvalidArgumentError} commander prints it with the option
 */
export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) throw new InvalidArgumentError('Write a port from 1 to 65535.');
  return port;
}
