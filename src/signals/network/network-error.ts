import { errorText } from '../../domain/error-text.ts';
import { cut } from '../reasons.ts';
import { RefusedAddressError } from './refused-addresses.ts';

/** What the user calls the settings of TLS. */
export interface TlsSettingNames {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  readonly serverName: string;
}

const namesInConnections: TlsSettingNames = {
  ca: 'caFile',
  cert: 'certFile',
  key: 'keyFile',
  serverName: 'serverName',
};

type Reason = string | ((names: TlsSettingNames) => string);

const incomplete = 'closed the connection before its answer was complete';
const unknownAuthority: Reason = ({ ca }) =>
  `shows a certificate of an authority that is not known here; name the file of its CA with ${ca}`;
const otherName: Reason = ({ serverName }) =>
  `shows a certificate for another name; use a name that is in the certificate, or give that name as ${serverName}`;
const wantsCertificate: Reason = ({ cert, key }) =>
  `asks for a client certificate; name its files with ${cert} and ${key}`;
/** Servers written in Go say the same of a client without a certificate and of one that they do not know. */
const wantsAnotherCertificate: Reason = ({ cert, key }) =>
  `does not accept the client certificate, or wants one; check ${cert} and ${key}`;
const dislikesCertificate: Reason = ({ cert, key }) =>
  `does not accept the client certificate; check ${cert} and ${key}`;
/** What follows the name of a server that was asked for TLS and has none. */
export const noTls = 'does not speak TLS on that port; check the port and the scheme of the URL';
const unusableFiles: Reason = ({ ca, cert, key }) =>
  `was not asked: ${ca}, ${cert} or ${key} holds no usable PEM, or the two do not belong together`;

const reasonOfCode: Readonly<Record<string, Reason>> = {
  ECONNREFUSED: 'refused the connection',
  ECONNRESET: incomplete,
  EPIPE: incomplete,
  HPE_INVALID_EOF_STATE: incomplete,
  ENOTFOUND: 'has no address',
  EAI_AGAIN: 'has no address: the name server did not answer',
  EHOSTUNREACH: "can't be reached",
  ENETUNREACH: "can't be reached",
  ETIMEDOUT: 'did not answer in time',
  ABORT_ERR: 'did not answer in time',
  CERT_HAS_EXPIRED: 'shows a certificate that has expired; renew it there',
  CERT_NOT_YET_VALID: 'shows a certificate that is not valid yet; check the clocks',
  CERT_REVOKED: 'shows a certificate that was revoked; renew it there',
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownAuthority,
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  CERT_SIGNATURE_FAILURE: unknownAuthority,
  ERR_TLS_CERT_ALTNAME_INVALID: otherName,
  HOSTNAME_MISMATCH: otherName,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: wantsCertificate,
  ERR_SSL_SSL_TLS_ALERT_HANDSHAKE_FAILURE: wantsCertificate,
  ERR_SSL_SSL_TLS_ALERT_BAD_CERTIFICATE: wantsAnotherCertificate,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: dislikesCertificate,
  ERR_SSL_SSL_TLS_ALERT_CERTIFICATE_EXPIRED: dislikesCertificate,
  ERR_SSL_SSL_TLS_ALERT_CERTIFICATE_UNKNOWN: dislikesCertificate,
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
  EPROTO: noTls,
  ERR_OSSL_PEM_NO_START_LINE: unusableFiles,
  ERR_OSSL_PEM_BAD_BASE64_DECODE: unusableFiles,
  ERR_OSSL_UNSUPPORTED: unusableFiles,
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: unusableFiles,
};

/**
 * What went wrong between us and `host`, in words: `10.0.0.7:8000 refused the connection`. Made from the error's code
 * alone where there is one, because messages and fields of foreign errors may hold what was sent.
 * @param names what the user calls the settings that may be to blame: those of a connection, unless told otherwise
 */
export function describeNetworkError(host: string, error: unknown, names = namesInConnections): Error {
  if (error instanceof RefusedAddressError) return new Error(`${host} ${error.message}`);
  const code = errorCode(error);
  const reason = code === undefined ? undefined : (reasonOfCode[plainCode(code)] ?? `failed with ${code}`);
  if (reason === undefined) return new Error(`${host} failed: ${cut(errorText(error))}`);
  return new Error(`${host} ${typeof reason === 'string' ? reason : reason(names)}`);
}

/** OpenSSL calls one alert by two names, of which the newer one has a slash in it. */
function plainCode(code: string): string {
  return code.replace(/^ERR_SSL_SSL(?:V3|\/TLS)_ALERT_/, 'ERR_SSL_SSL_TLS_ALERT_');
}

export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
