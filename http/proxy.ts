/** A proxy that the connections of a client go through, each by a tunnel of its own. */
export interface Proxy {
  /** `http://host:port` or `https://host:port`, without credentials. */
  readonly url: string;
  /** Headers of each CONNECT request, credentials among them; the target never sees them. */
  readonly connectHeaders: () => Readonly<Record<string, string>>;
  /** Authorities that may sign the proxy's certificate, beside those that Node knows; PEM. */
  readonly caBundle?: string;
  /** What proves to the proxy who we are; PEM. */
  readonly clientCertificate?: { readonly certificate: string; readonly key: () => string };
  /** How long a tunnel may take until it stands: the proxy's answer and TLS on both ways included; milliseconds. */
  readonly connectMs: number;
}
