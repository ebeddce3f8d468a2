import { readdir } from 'node:fs/promises';
import { errorText } from '../../domain/error-text.ts';
import type { PodName } from './owner.ts';

/** `<namespace>_<pod>_<uid>`: the kubelet makes such a folder before it starts a pod's first container. */
const folder = /^([a-z0-9-]{1,63})_([a-z0-9.-]{1,253})_([0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/**
 * Tells which pod has which UID, from the names of the folders in which the kubelet keeps the logs of the node's pods. No log is
 * opened, and the API server is not asked.
 */
export class PodLogs {
  readonly #path: string;
  #names: ReadonlyMap<string, PodName> = new Map();
  #reading: Promise<void> | undefined;
  #trouble: string | undefined;

  /** @param path `/var/log/pods`, or where the host's is mounted */
  constructor(path: string) {
    this.#path = path;
  }

  /** Why the folders could not be listed the last time; undefined where they could. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  nameOf(podUid: string): PodName | undefined {
    return this.#names.get(podUid);
  }

  /** Lists the folders anew. Whoever asks while they are being listed waits for that list. Never rejects. */
  refresh(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #read(): Promise<void> {
    try {
      this.#names = readFolderNames(await readdir(this.#path));
      this.#trouble = undefined;
    } catch (error) {
      this.#trouble = `the pods' log folders can't be listed: ${errorText(error)}`;
    }
  }
}

/** Pods by UID; names that are not of pods are passed over. */
export function readFolderNames(names: readonly string[]): Map<string, PodName> {
  const pods = new Map<string, PodName>();
  for (const name of names) {
    const [, namespace, pod, uid] = folder.exec(name) ?? [];
    if (namespace !== undefined && pod !== undefined && uid !== undefined) pods.set(uid, { namespace, pod });
  }
  return pods;
}
