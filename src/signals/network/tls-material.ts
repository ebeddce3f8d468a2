/** Whom to trust and who we are, as Node's TLS takes it. */
export interface TlsMaterial {
  /** PEM of the authorities to trust, in the place of those that Node knows. */
  readonly ca?: string;
  /** PEM of the client's certificate and key. */
  readonly cert?: string;
  readonly key?: string;
  /** The name that the server's certificate must be for, where that is not the host that is asked. */
  readonly servername?: string;
}
