import { z } from 'zod';
import { belongTogether, certificateFile, keyFile } from './pem-file';
import { Secret } from './secret';
import { integer, oneOf, text } from './values';

/** How Confluence, and Unique from outside its cluster, are reached. */
export type ProxySettings = { readonly mode: 'none' } | (ProxyServer & ProxyCredentials);

/** The proxy itself. */
export interface ProxyServer {
  readonly protocol: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  /** Authorities that may sign the proxy's certificate, beside those that Node knows; PEM. */
  readonly caBundle?: string;
  /** Headers of the CONNECT request. Wrapped, since a token among them would be nothing unusual. */
  readonly connectHeaders: Readonly<Record<string, Secret>>;
}

/** How we prove to the proxy who we are. */
export type ProxyCredentials =
  | { readonly mode: 'no_auth' }
  | { readonly mode: 'username_password'; readonly username: string; readonly password: Secret }
  /** Both PEM, read at start. */
  | { readonly mode: 'ssl_tls'; readonly certificate: string; readonly key: Secret };

/** What becomes of a variable that names a file. */
interface FileReaders {
  readonly certificates: (remedy: string) => z.ZodType<string>;
  readonly key: (remedy: string) => z.ZodType<string>;
  readonly areAPair: (certificate: string, key: string) => boolean;
}

/** The proxy's variables; each mode but `none` needs host, port and protocol, and its own credentials. */
function proxySchema({ certificates, key, areAPair }: FileReaders) {
  const server = {
    PROXY_HOST: text('Set it to the name or address of the proxy, without http:// and port.').refine(
      (host) => !/[/\s]/.test(host),
      { error: 'Write the host alone; protocol and port have variables of their own.' },
    ),
    PROXY_PORT: integer(1, 65_535),
    PROXY_PROTOCOL: oneOf(['http', 'https']),
    PROXY_SSL_CA_BUNDLE_PATH: certificates(
      "Set it to the path of the certificates (PEM) that sign the proxy's, or unset it.",
    ).optional(),
    PROXY_HEADERS: headers().optional(),
  };
  return z.discriminatedUnion('PROXY_AUTH_MODE', [
    z.object({ PROXY_AUTH_MODE: z.literal('none') }),
    z.object({ PROXY_AUTH_MODE: z.literal('no_auth'), ...server }),
    z.object({
      PROXY_AUTH_MODE: z.literal('username_password'),
      PROXY_USERNAME: text('Set it to the user name for the proxy.'),
      PROXY_PASSWORD: z.string({ error: 'Set it to the password for the proxy.' }),
      ...server,
    }),
    z
      .object({
        PROXY_AUTH_MODE: z.literal('ssl_tls'),
        PROXY_SSL_CERT_PATH: certificates('Set it to the path of the client certificate (PEM).'),
        PROXY_SSL_KEY_PATH: key("Set it to the path of the client certificate's key (PEM, without a pass phrase)."),
        ...server,
      })
      .superRefine(({ PROXY_SSL_CERT_PATH, PROXY_SSL_KEY_PATH }, context) => {
        if (areAPair(PROXY_SSL_CERT_PATH, PROXY_SSL_KEY_PATH)) return;
        const found = 'names a key that does not belong to the certificate of PROXY_SSL_CERT_PATH';
        const message = 'Set both to the files that were issued together.';
        context.addIssue({ code: 'custom', path: ['PROXY_SSL_KEY_PATH'], message, params: { found } });
      }),
  ]);
}

/** The variables alone: their files are not looked at. */
export const proxyVariables = proxySchema({ certificates: text, key: text, areAPair: () => true });
/** The variables with what is in their files. */
export const proxyWithFiles = proxySchema({
  certificates: certificateFile,
  key: keyFile,
  areAPair: belongTogether,
});

/** The settings that checked variables describe. */
export function toProxySettings(variables: z.output<typeof proxyWithFiles>): ProxySettings {
  if (variables.PROXY_AUTH_MODE === 'none') return { mode: 'none' };
  const { PROXY_SSL_CA_BUNDLE_PATH: caBundle, PROXY_HEADERS: connectHeaders = {} } = variables;
  const proxy: ProxyServer = {
    protocol: variables.PROXY_PROTOCOL,
    host: variables.PROXY_HOST,
    port: variables.PROXY_PORT,
    ...(caBundle !== undefined && { caBundle }),
    connectHeaders: Object.fromEntries(
      Object.entries(connectHeaders).map(([name, value]) => [name, new Secret(value)]),
    ),
  };
  switch (variables.PROXY_AUTH_MODE) {
    case 'no_auth':
      return { mode: 'no_auth', ...proxy };
    case 'username_password': {
      const password = new Secret(variables.PROXY_PASSWORD.trim());
      return { mode: 'username_password', username: variables.PROXY_USERNAME, password, ...proxy };
    }
    case 'ssl_tls': {
      const { PROXY_SSL_CERT_PATH: certificate, PROXY_SSL_KEY_PATH: key } = variables;
      return { mode: 'ssl_tls', certificate, key: new Secret(key), ...proxy };
    }
  }
}

function headers() {
  const remedy = 'Write a JSON object of texts, e.g. {"x-team":"search"}.';
  const shape = z.record(z.string(), z.string());
  return z.string().transform((value, context) => {
    const parsed = shape.safeParse(parseJson(value));
    if (parsed.success) return parsed.data;
    context.addIssue({ code: 'custom', message: remedy });
    return z.NEVER;
  });
}

function parseJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    // Not JSON: `undefined` is refused by the schema like any other wrong shape.
    return undefined;
  }
}
