import { z } from 'zod';
import type { Clock, EpochMs } from '../../../domain/clock.ts';
import type { KubeClient } from './kube-client.ts';
import { KubeError } from './kube-error.ts';

/** A kind that was not there may have been installed since; ask again, but not at every look. */
const askAgainMs = 30_000;

const resourceList = z.object({ resources: z.array(z.object({ name: z.string(), kind: z.string() })) });
type Resources = z.infer<typeof resourceList>['resources'];

/** Finds the name under which the API serves the scale subresource of a kind. */
export class KindDiscovery {
  readonly #client: KubeClient;
  readonly #clock: Clock;
  readonly #answers = new Map<string, { readonly resources: Promise<Resources>; readonly askedAtMs: EpochMs }>();

  constructor(client: KubeClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /**
   * The path of the scale subresource: `/apis/argoproj.io/v1alpha1/namespaces/a/rollouts/b/scale`. Answers from memory
   * once the API server has told its resources. Rejects with KubeError; its status is 404 when there is no such kind, or
   * it can't be scaled.
   */
  async scalePath(target: { apiVersion: string; kind: string; name: string }, namespace: string): Promise<string> {
    const { apiVersion, kind, name } = target;
    let plural = findScalable(await this.#resourcesOf(apiVersion), kind);
    plural ??= findScalable(await this.#resourcesOf(apiVersion, askAgainMs), kind);
    if (plural === undefined)
      throw new KubeError(`the API server knows no ${kind} in ${apiVersion} that can be scaled`, 404);
    return `${apiRoot(apiVersion)}/namespaces/${namespace}/${plural}/${encodeURIComponent(name)}/scale`;
  }

  #resourcesOf(apiVersion: string, maxAgeMs = Infinity): Promise<Resources> {
    const answer = this.#answers.get(apiVersion);
    const nowMs = this.#clock.nowMs();
    if (answer && nowMs - answer.askedAtMs < maxAgeMs) return answer.resources;
    const resources = this.#ask(apiVersion);
    this.#answers.set(apiVersion, { resources, askedAtMs: nowMs });
    // A failure is not worth remembering: the next look asks again.
    resources.catch(() => this.#answers.delete(apiVersion));
    return resources;
  }

  async #ask(apiVersion: string): Promise<Resources> {
    const { success, data } = resourceList.safeParse(await this.#client.get(apiRoot(apiVersion)));
    if (!success) throw new KubeError(`${apiRoot(apiVersion)}: the answer is no list of resources`);
    return data.resources.map(({ name, kind }) => ({ name, kind }));
  }
}

/** The name of the resource of this kind that has a scale subresource. */
function findScalable(resources: Resources, kind: string): string | undefined {
  const isScalable = (name: string): boolean => resources.some((resource) => resource.name === `${name}/scale`);
  return resources.find(({ name, kind: its }) => its === kind && isScalable(name))?.name;
}

function apiRoot(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}
