import { watch as watchFiles } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Cancel, Clock } from '../domain/clock.ts';
import { errorText } from '../domain/error-text.ts';

/** Notices of the file system get lost on some volumes, so the file is also looked at this often. */
const pollIntervalMs = 2_000;

interface FileListener {
  /** The file has this text now. May throw: then the same content is read again until it does not. */
  readonly onText: (text: string) => void;
  /** A look found nothing new. */
  readonly onUnchanged: () => void;
  readonly onFailure: (reason: string) => void;
}

/** Reads a file whenever it changes: by notices of its folder, and by looking at it now and then. */
export class FollowedFile {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #listener: FileListener;
  readonly #notices: FSWatcher | undefined;
  #looks: Promise<void> = Promise.resolve();
  #seen = '';
  #cancelPoll: Cancel = () => undefined;
  #isClosed = false;

  constructor(path: string, clock: Clock, listener: FileListener) {
    this.#path = path;
    this.#clock = clock;
    this.#listener = listener;
    this.#notices = watchFolder(path, () => void this.#look());
    this.#plan();
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelPoll();
    this.#notices?.close();
  }

  #plan(): void {
    this.#cancelPoll = this.#clock.after(pollIntervalMs, () => {
      void this.#look().then(() => {
        if (!this.#isClosed) this.#plan();
      });
    });
  }

  /** One look after the other, so that an older content never arrives after a newer one. */
  #look(): Promise<void> {
    this.#looks = this.#looks.then(() => this.#read());
    return this.#looks;
  }

  async #read(): Promise<void> {
    try {
      const { mtimeNs, size, ino } = await stat(this.#path, { bigint: true });
      const found = [mtimeNs, size, ino].join(' ');
      const text = found === this.#seen ? undefined : await readFile(this.#path, 'utf8');
      if (this.#isClosed) return;
      if (text === undefined) this.#listener.onUnchanged();
      else this.#listener.onText(text);
      this.#seen = found;
    } catch (error) {
      if (!this.#isClosed) this.#listener.onFailure(errorText(error));
    }
  }
}

/** Notices of the folder rather than the file, since a file that is put in place of another is a new one. */
function watchFolder(path: string, onNotice: () => void): FSWatcher | undefined {
  try {
    const watcher = watchFiles(dirname(path), { persistent: false }, (_event, name) => {
      // A mounted ConfigMap changes by its link `..data` being turned to another folder.
      if (name === null || name === basename(path) || name === '..data') onNotice();
    });
    // Without notices, looking does it alone.
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
