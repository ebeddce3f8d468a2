import { SecretFileError } from '../connections/secrets.ts';
import { orTimeout } from '../or-timeout.ts';

export interface SessionParts<Client> {
  /** What the server is called in reasons. */
  readonly host: string;
  /**
   * Connects. Aborts `ending` when the connection is lost, and closes it when `ending` is aborted by others, also while it
   * is still being made.
   */
  readonly open: (ending: AbortController) => Promise<Client>;
  /** Makes an error of words alone, without a secret, of whatever a client throws. */
  readonly explain: (error: unknown) => Error;
}

interface Session<Client> {
  readonly ready: Promise<Client>;
  readonly ending: AbortController;
}

/**
 * One connection to one server, shared by all who read it. It is made when it is first needed, and made anew by the next
 * read after it was lost, with the secrets as they are by then. Nothing is queued while it is down: a read then fails.
 */
export class SharedSession<Client> {
  readonly #parts: SessionParts<Client>;
  #session: Session<Client> | undefined;
  #closed = false;

  constructor(parts: SessionParts<Client>) {
    this.#parts = parts;
  }

  /** Asks the server. Rejects with the host and what went wrong, and no secret; gives up when `deadline` is aborted. */
  async ask<T>(question: (client: Client) => Promise<T>, deadline: AbortSignal): Promise<T> {
    const { host, explain } = this.#parts;
    if (this.#closed) throw new Error(`${host} is not asked any more`);
    if (hasPassed(deadline)) throw new Error(`${host} did not answer in time`);
    const session = (this.#session ??= this.#open());
    try {
      return await orTimeout(session.ready.then(question), deadline, host);
    } catch (error) {
      // A server that went silent may be gone for good, which only a new connection can tell.
      if (hasPassed(deadline)) session.ending.abort();
      throw error instanceof SecretFileError ? error : explain(error);
    }
  }

  /** Whoever asks learns that the connection is of no use any more, and the next read makes another one. */
  end(): void {
    this.#session?.ending.abort();
  }

  close(): void {
    this.#closed = true;
    this.end();
  }

  #open(): Session<Client> {
    const ending = new AbortController();
    const ready = this.#parts.open(ending);
    const session = { ready, ending };
    const forget = (): void => {
      if (this.#session === session) this.#session = undefined;
    };
    ending.signal.addEventListener('abort', forget, { once: true });
    // Whoever asks is told; this only keeps a session that could not be made from being kept, or from ending the program.
    ready.catch(() => ending.abort());
    return session;
  }
}

/** Asked anew each time: it passes while we wait. */
function hasPassed(deadline: AbortSignal): boolean {
  return deadline.aborted;
}
