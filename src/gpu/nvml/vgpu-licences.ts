import type { EpochMs } from '../../domain/clock.ts';
import type { VgpuLicence } from '../../domain/gpu.ts';
import { tells } from './device-calls.ts';
import type { Handle, Library } from './library.ts';

/** `nvmlGridLicensableFeatures_t`: whether there are any, how many, and up to three of `nvmlGridLicensableFeature_t`. */
const featuresStart = 8;
const featureSize = 284;
const mostFeatures = 3;
const features = Buffer.alloc(featuresStart + 2 * mostFeatures * featureSize);
/** NVML_GRID_LICENSE_FEATURE_CODE_VGPU. */
const vgpuFeature = 1;

/** Licences last for hours. */
const intervalMs = 60_000;

/** Whether each GPU has the licence that vGPU software needs; asked once a minute. */
export class VgpuLicences {
  readonly #library: Library;
  readonly #known = new Map<string, { readonly licence: VgpuLicence | undefined; readonly askedAtMs: EpochMs }>();

  constructor(library: Library) {
    this.#library = library;
  }

  /** Undefined where the driver does not tell. Throws DriverError where the device is gone. */
  read(device: Handle, uuid: string, nowMs: EpochMs): VgpuLicence | undefined {
    const known = this.#known.get(uuid);
    if (known && Math.abs(nowMs - known.askedAtMs) < intervalMs) return known.licence;
    const licence = tells(this.#library, 'licensableFeatures', device, features) ? readLicence() : undefined;
    this.#known.set(uuid, { licence, askedAtMs: nowMs });
    return licence;
  }
}

function readLicence(): VgpuLicence | undefined {
  if (features.readInt32LE(0) === 0) return 'not-needed';
  const count = Math.min(mostFeatures, features.readUInt32LE(4));
  for (let at = featuresStart; at < featuresStart + count * featureSize; at += featureSize) {
    if (features.readUInt32LE(at) === vgpuFeature) return features.readUInt32LE(at + 4) > 0 ? 'there' : 'missing';
  }
  return undefined;
}
