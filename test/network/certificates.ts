import { generateKeyPairSync, randomBytes } from 'node:crypto';
import forge from 'node-forge';

/** A certificate and its key, both PEM. */
export interface Issued {
  readonly cert: string;
  readonly key: string;
}

/** A private authority that lives as long as its test. */
export interface Authority {
  /** PEM */
  readonly cert: string;
  /** A certificate for a server or a client; names that are addresses are told as such. */
  issue(...names: readonly [string, ...string[]]): Issued;
}

const DAY_MS = 24 * 3_600_000;

/** Makes an authority that nobody knows. */
export function createAuthority(name = 'Test authority'): Authority {
  const own = newKeys();
  const subject = [{ name: 'commonName', value: name }];
  const cert = sign(own, own, subject, subject, [
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
  ]);
  return {
    cert,
    issue(...names) {
      const keys = newKeys();
      const altNames = names.map((one) => (/^[\d.]+$/.test(one) ? { type: 7, ip: one } : { type: 2, value: one }));
      const issued = sign(keys, own, [{ name: 'commonName', value: names[0] }], subject, [
        { name: 'basicConstraints', cA: false },
        { name: 'keyUsage', digitalSignature: true, keyEncipherment: true },
        { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
        { name: 'subjectAltName', altNames },
      ]);
      return { cert: issued, key: keys.pem };
    },
  };
}

interface Keys {
  readonly pem: string;
  readonly publicKey: forge.pki.PublicKey;
  readonly privateKey: forge.pki.rsa.PrivateKey;
}

/** By Node: the library's own are some hundred times slower. */
function newKeys(): Keys {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  return {
    pem: privateKey,
    publicKey: forge.pki.publicKeyFromPem(publicKey),
    privateKey: forge.pki.privateKeyFromPem(privateKey),
  };
}

function sign(
  of: Keys,
  by: Keys,
  subject: forge.pki.CertificateField[],
  issuer: forge.pki.CertificateField[],
  extensions: object[],
): string {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = of.publicKey;
  // Positive: a leading zero byte.
  certificate.serialNumber = `00${randomBytes(8).toString('hex')}`;
  certificate.validity.notBefore = new Date(Date.now() - DAY_MS);
  certificate.validity.notAfter = new Date(Date.now() + DAY_MS);
  certificate.setSubject(subject);
  certificate.setIssuer(issuer);
  certificate.setExtensions(extensions);
  certificate.sign(by.privateKey, forge.md.sha256.create());
  return forge.pki.certificateToPem(certificate);
}
