import { z } from 'zod';
import { cutText } from '../../../domain/cut-text.ts';

/** The API server could not be asked, or refused. `status` is its HTTP status, absent where there was no answer. */
export class KubeError extends Error {
  override readonly name = 'KubeError';
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.status = status;
  }
}

const statusObject = z.object({ message: z.string(), code: z.number().optional() });
const shownCharacters = 300;

/** The error for an answer that is not 200, in the words of its Status object where it holds one. */
export function refusal(path: string, status: number, body: string): KubeError {
  return new KubeError(`${path}: ${status} ${messageOf(body)}`.trim(), status);
}

/** The error for an ERROR event within a watch stream, whose object is a Status. */
export function watchError(path: string, object: unknown): KubeError {
  const { success, data } = statusObject.safeParse(object);
  if (!success) return new KubeError(`${path}: the watch broke off with an error that it does not name`);
  return new KubeError(`${path}: ${cutText(data.message, shownCharacters)}`, data.code);
}

function messageOf(body: string): string {
  try {
    return cutText(statusObject.parse(JSON.parse(body)).message, shownCharacters);
  } catch {
    // A proxy in between answers in HTML; its text tells nothing that the status does not.
    return '';
  }
}
