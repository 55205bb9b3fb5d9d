import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError } from './errors';
import { resolveSecret } from './secret-reference';

const directory = mkdtempSync(join(tmpdir(), 'secret-reference-'));
const file = join(directory, 'token');
afterAll(() => rmSync(directory, { recursive: true }));

function reveal(reference: string, environment: NodeJS.ProcessEnv = {}): string {
  const resolved = resolveSecret(reference, environment);
  if (!('secret' in resolved)) throw new Error(resolved.message);
  return resolved.secret.reveal();
}

describe('a secret in the environment', () => {
  it('B-207 is trimmed', () => {
    expect(reveal('os.environ/TOKEN', { TOKEN: ' abc\n' })).toBe('abc');
  });

  it.each([
    ['os.environ/TOKEN', 'TOKEN, which is not set'],
    ['os.environ/BLANK', 'BLANK, which is blank'],
    ['os.environ/', 'no name'],
    ['os.environ/${TOKEN}', 'no name'],
  ])('B-207 fails as %s', (reference, message) => {
    expect(resolveSecret(reference, { BLANK: ' ' })).toMatchObject({ message: expect.stringContaining(message) });
  });
});

describe('a secret in a file', () => {
  it('is trimmed, and read again after a rotation', () => {
    writeFileSync(file, 'old\n');
    const resolved = resolveSecret(`file:${file}`, {});
    if (!('secret' in resolved)) throw new Error('not resolved');
    expect(resolved.secret.reveal()).toBe('old');
    writeFileSync(file, ' new \r\n');
    expect(resolved.secret.reveal()).toBe('new');
  });

  it('says which file has gone when it is needed', () => {
    writeFileSync(file, 'value');
    const resolved = resolveSecret(`file:${file}`, {});
    rmSync(file);
    if (!('secret' in resolved)) throw new Error('not resolved');
    expect(() => resolved.secret.reveal()).toThrow(ConfigurationError);
    expect(() => resolved.secret.reveal()).toThrow(file);
  });

  it.each([
    ['file:/nowhere/token', '/nowhere/token, which cannot be read (ENOENT)'],
    [`file:${tmpdir()}`, 'cannot be read (EISDIR)'],
    ['file:token', 'without an absolute path'],
    ['file:', 'without an absolute path'],
  ])('fails as %s', (reference, message) => {
    expect(resolveSecret(reference, {})).toMatchObject({ message: expect.stringContaining(message) });
  });

  it('fails if the file is blank', () => {
    writeFileSync(file, ' \n');
    expect(resolveSecret(`file:${file}`, {})).toMatchObject({ message: expect.stringContaining('blank') });
  });
});

describe('a literal secret', () => {
  it('is trimmed and marked', () => {
    expect(reveal(' abc ')).toBe('abc');
    expect(resolveSecret('abc', {})).toMatchObject({ isLiteral: true });
    expect(resolveSecret('os.environ/TOKEN', { TOKEN: 'abc' })).toMatchObject({ isLiteral: false });
  });
});
