import { draDriver } from '../kubelet/allocations.ts';
import { askApiServer } from './api-server.ts';
import type { ApiServerSettings } from './api-server.ts';
import { readResourceSlices } from './resource-slices.ts';
import type { ClaimUuids } from './resource-slices.ts';

/** Newest first; clusters serve some of them. */
const versions = ['v1', 'v1beta2', 'v1beta1'] as const;

/** Asks the API server what NVIDIA's driver offers on one node. */
export class ResourceSlicesClient {
  readonly #settings: ApiServerSettings;
  readonly #query: string;
  #version: (typeof versions)[number] | undefined;

  constructor(settings: ApiServerSettings, nodeName: string) {
    this.#settings = settings;
    const selector = `spec.nodeName=${nodeName},spec.driver=${draDriver}`;
    this.#query = `?fieldSelector=${encodeURIComponent(selector)}`;
  }

  /** UUIDs by device name. Rejects with an Error that says in words what is wrong, and what to do. */
  async list(stop: AbortSignal): Promise<ClaimUuids> {
    for (const version of this.#version ? [this.#version] : versions) {
      const { status, text } = await askApiServer(this.#settings, `/apis/resource.k8s.io/${version}/resourceslices${this.#query}`, stop); // prettier-ignore
      if (status === 404) continue;
      if (status !== 200) throw new Error(`${this.#server} ${explainStatus(status)}`);
      const uuids = readResourceSlices(text);
      if (!uuids) throw new Error(`${this.#server} answered with no list of ResourceSlices`);
      this.#version = version;
      return uuids;
    }
    // What was served once may not be after an upgrade of the cluster.
    this.#version = undefined;
    throw new Error(`${this.#server} serves no ResourceSlices of resource.k8s.io ${versions.join(', ')}: does the cluster have dynamic resource allocation?`); // prettier-ignore
  }

  get #server(): string {
    return `the API server at ${new URL(this.#settings.url).origin}`;
  }
}

function explainStatus(status: number): string {
  if (status === 401) return "does not accept the service account's token (401)";
  if (status === 403) return "does not let this service account list ResourceSlices (403): grant it the verb list on resourceslices of resource.k8s.io"; // prettier-ignore
  return `answered ${status}`;
}
