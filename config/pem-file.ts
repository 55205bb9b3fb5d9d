import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { errorCode } from './error-code';
import { text } from './values';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** The path of a file with one certificate or more (PEM), read when the variable is checked. */
export function certificateFile(remedy: string) {
  return pemFile(remedy, 'certificates (PEM)', (content) => {
    const certificates = content.match(CERTIFICATE) ?? [];
    return certificates.length > 0 && certificates.every((one) => new X509Certificate(one));
  });
}

/** The path of a file with a private key without a pass phrase (PEM), read when the variable is checked. */
export function keyFile(remedy: string) {
  return pemFile(remedy, 'a private key without a pass phrase (PEM)', (content) => createPrivateKey(content));
}

/** Whether the first of the certificates belongs to the key; both as the files above gave them. */
export function belongTogether(certificates: string, key: string): boolean {
  return new X509Certificate(certificates).checkPrivateKey(createPrivateKey(key));
}

/** @param parse gives nothing, or throws, for what it cannot use */
function pemFile(remedy: string, what: string, parse: (content: string) => unknown) {
  return text(remedy).transform((path, context) => {
    const refuse = (found: string) => {
      context.addIssue({ code: 'custom', message: remedy, params: { found } });
      return context.value as never;
    };
    let content: string;
    try {
      content = readFileSync(path, 'utf8');
    } catch (error) {
      return refuse(`names ${path}, which cannot be read (${errorCode(error)})`);
    }
    try {
      if (parse(content)) return content;
    } catch {
      // The parser's message may quote the key.
    }
    return refuse(`names ${path}, which does not hold ${what}`);
  });
}
