/** A port can't be listened on. That is the operator's to mend, so the message alone says all. */
export class PortError extends Error {
  override readonly name = 'PortError';
}

const remedies: Readonly<Record<string, string>> = {
  EADDRINUSE: 'it is in use already; choose another, see --help',
  EACCES: 'this user may not open it; choose one from 1024, see --help',
  EADDRNOTAVAIL: 'this machine has no such address; choose another --host',
  ENOTFOUND: 'no address goes by that name; choose another --host',
  EAI_AGAIN: 'whether an address goes by that name could not be asked; choose another --host',
};

/** What a failure to listen comes to: a PortError where the operator can mend it, else the error itself. */
export function explainListening(error: Error, listen: { host: string; port: number }): Error {
  // grpc-js tells the code of the system only within its message.
  const code = Object.keys(remedies).find((known) => error.message.includes(known));
  if (code === undefined) return error;
  return new PortError(`port ${listen.port} on ${listen.host}: ${remedies[code] ?? ''} (${code})`, { cause: error });
}
