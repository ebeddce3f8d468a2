import type { Cancel, Clock } from '../domain/clock.ts';
import { errorText } from '../domain/error-text.ts';
import type { Logger } from '../telemetry/logger.ts';
import { readNamed } from './named-file.ts';
import type { NamedFile } from './named-file.ts';
import { checkCertificate, checkKey } from './pem-checks.ts';

/** How soon a file that was replaced is used. */
const lookEveryMs = 10_000;

/** Which files there are: a certificate and its key, the authorities that are trusted, or both. */
export interface PemPaths {
  readonly certificate?: { readonly file: NamedFile; readonly keyFile: NamedFile };
  readonly authorities?: NamedFile;
}

/** What the files hold, as node:tls takes it. */
export interface PemMaterial {
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly ca?: Buffer;
}

interface PemSetting {
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Certificates and keys from files that are looked at again every 10 s. New content is taken once it is whole: a key that
 * belongs to its certificate, authorities that can be read; until then what was there before stands, and the log says why.
 */
export class PemFiles {
  readonly #paths: PemPaths;
  readonly #setting: PemSetting;
  readonly #listeners = new Set<(material: PemMaterial) => void>();
  #current: PemMaterial;
  #failure: string | undefined;
  #cancel: Cancel = () => undefined;
  #isClosed = false;

  private constructor(paths: PemPaths, material: PemMaterial, setting: PemSetting) {
    this.#paths = paths;
    this.#current = material;
    this.#setting = setting;
    this.#plan();
  }

  /** Reads the files. Rejects with a text that names the option and the file, and never what is in it. */
  static async open(paths: PemPaths, setting: PemSetting): Promise<PemFiles> {
    return new PemFiles(paths, await readMaterial(paths), setting);
  }

  get current(): PemMaterial {
    return this.#current;
  }

  /** Calls back with each new content. */
  onChange(listener: (material: PemMaterial) => void): void {
    this.#listeners.add(listener);
  }

  close(): void {
    this.#isClosed = true;
    this.#cancel();
    this.#listeners.clear();
  }

  #plan(): void {
    this.#cancel = this.#setting.clock.after(lookEveryMs, () => {
      void this.#look().then(() => {
        if (!this.#isClosed) this.#plan();
      });
    });
  }

  async #look(): Promise<void> {
    try {
      const found = await readMaterial(this.#paths);
      this.#failure = undefined;
      if (this.#isClosed || isSame(found, this.#current)) return;
      this.#current = found;
      this.#setting.logger.info({ files: namesOf(this.#paths) }, 'certificates replaced');
      for (const listener of this.#listeners) listener(found);
    } catch (error) {
      this.#fail(errorText(error));
    }
  }

  #fail(reason: string): void {
    if (this.#failure === reason || this.#isClosed) return;
    this.#failure = reason;
    this.#setting.logger.warn({ reason }, 'certificates can not be replaced; those from before stand');
  }
}

async function readMaterial({ certificate, authorities }: PemPaths): Promise<PemMaterial> {
  const pair = certificate && (await readPair(certificate));
  const ca = authorities && (await readNamed(authorities));
  if (authorities && ca) checkCertificate(authorities, ca);
  return { ...pair, ...(ca && { ca }) };
}

async function readPair({ file, keyFile }: NonNullable<PemPaths['certificate']>): Promise<PemMaterial> {
  const [cert, key] = await Promise.all([readNamed(file), readNamed(keyFile)]);
  checkKey(keyFile, key, checkCertificate(file, cert), file);
  return { cert, key };
}

function isSame(a: PemMaterial, b: PemMaterial): boolean {
  return (['cert', 'key', 'ca'] as const).every((part) =>
    a[part] && b[part] ? a[part].equals(b[part]) : a[part] === b[part],
  );
}

function namesOf({ certificate, authorities }: PemPaths): string[] {
  return [certificate?.file.path, authorities?.path].filter((path) => path !== undefined);
}
