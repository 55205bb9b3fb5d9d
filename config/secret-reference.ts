import { readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { errorCode } from './error-code';
import { ConfigurationError } from './errors';
import { Secret } from './secret';
import { ENVIRONMENT_REFERENCE } from './values';

const FILE_REFERENCE = 'file:';

/** A secret that was there when the tenant file was read. */
export interface ResolvedSecret {
  readonly secret: Secret;
  /** It stands in the tenant file itself, where everyone who reads the file reads it. */
  readonly isLiteral: boolean;
}

/** Why a secret cannot be used: where it was looked for, never what it is. */
export interface MissingSecret {
  readonly message: string;
  readonly remedy: string;
}

/**
 * Looks up `os.environ/NAME` or `file:/path`; any other text is the secret itself. White space around it is cut off.
 *
 * A file is read again at every `reveal()`, so that a secret that is rotated needs no restart.
 */
export function resolveSecret(reference: string, environment: NodeJS.ProcessEnv): ResolvedSecret | MissingSecret {
  if (reference.startsWith(ENVIRONMENT_REFERENCE)) return fromEnvironment(reference, environment);
  if (reference.startsWith(FILE_REFERENCE)) return fromFile(reference.slice(FILE_REFERENCE.length).trim());
  return { secret: new Secret(reference.trim()), isLiteral: true };
}

function fromEnvironment(reference: string, environment: NodeJS.ProcessEnv): ResolvedSecret | MissingSecret {
  const name = reference.slice(ENVIRONMENT_REFERENCE.length).trim();
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    return {
      message: `refers to an environment variable by something that is no name`,
      remedy: `Write ${ENVIRONMENT_REFERENCE} and the variable's name behind it, letters, digits and underscores.`,
    };
  }
  const value = environment[name]?.trim();
  if (value === undefined || value === '') {
    const state = value === undefined ? 'not set' : 'blank';
    return {
      message: `refers to the environment variable ${name}, which is ${state}`,
      remedy: `Set ${name} for the process that reads this file, or correct the name.`,
    };
  }
  return { secret: new Secret(value), isLiteral: false };
}

function fromFile(path: string): ResolvedSecret | MissingSecret {
  if (!isAbsolute(path)) {
    return { message: 'refers to a file without an absolute path', remedy: 'Write file: and a path from the root on.' };
  }
  const first = readSecretFile(path);
  if (typeof first !== 'string') return first;
  return { secret: new Secret(() => readAgain(path)), isLiteral: false };
}

function readAgain(path: string): string {
  const value = readSecretFile(path);
  if (typeof value === 'string') return value;
  throw new ConfigurationError([{ file: path, path: '', ...value }]);
}

function readSecretFile(path: string): string | MissingSecret {
  let content: string;
  try {
    content = readFileSync(path, 'utf8').trim();
  } catch (error) {
    return {
      message: `refers to the file ${path}, which cannot be read (${errorCode(error)})`,
      remedy: 'Mount or create the file, make it readable for this process, or correct the path.',
    };
  }
  if (content !== '') return content;
  return { message: `refers to the file ${path}, which is blank`, remedy: 'Write the secret into it.' };
}
