/** What the cgroup of a process says of where it runs. */
export type CgroupPlace =
  | {
      readonly kind: 'pod';
      /** As the API server writes it, in groups with dashes; 32 hex digits for a static pod. */
      readonly podUid: string;
      /** 64 hex digits; absent for a process in the pod's own group, as with sandboxed runtimes. */
      readonly containerId?: string;
    }
  /** In no pod: a service of the host, or a container that no kubelet started. */
  | { readonly kind: 'host' }
  /** The text does not tell: it is empty or no cgroup file, or hides where the process is. */
  | { readonly kind: 'unknown' };

/**
 * Each runtime and driver writes the pod in its own way: `/kubepods/burstable/pod<uid>/<id>` (cgroupfs), `…-pod<uid with
 * _>.slice/cri-containerd-<id>.scope` (systemd), `…-pod<uid>.slice:cri-containerd:<id>` (drivers that do not match).
 */
const podPart = /(?:^|[/-])pod([0-9a-f]{8}[-_](?:[0-9a-f]{4}[-_]){3}[0-9a-f]{12}|[0-9a-f]{32})(?:\.slice)?(?=[/:]|$)/g;
const containerPart = /^[/:](?:(?:cri-containerd|crio|docker|libpod)[-:])?([0-9a-f]{64})(?:\.scope)?(?=[/:]|$)/;
/** Of a group that is taken away under its last processes the kernel says so behind the path. */
const line = /^\d+:[^:]*:(\/.*?)(?: \(deleted\))?$/;

/**
 * Reads `/proc/<pid>/cgroup`, version 1 (a line for each controller) or 2 (one line). Within nodes that are containers
 * themselves (kind) a path names several pods; the last, innermost one counts. A cgroup namespace of its own shows paths of
 * others as `/../../kubepods…` and its own as `/`, which therefore tells nothing.
 */
export function parseCgroup(text: string): CgroupPlace {
  const paths = text.split('\n').flatMap((row) => line.exec(row)?.[1] ?? []);
  for (const path of paths) {
    const place = podOf(path);
    if (place) return place;
  }
  return paths.some((path) => path !== '/') ? { kind: 'host' } : { kind: 'unknown' };
}

function podOf(path: string): CgroupPlace | undefined {
  const found = [...path.matchAll(podPart)].at(-1);
  const [whole, written] = found ?? [];
  if (found === undefined || whole === undefined || written === undefined) return undefined;
  const containerId = containerPart.exec(path.slice(found.index + whole.length))?.[1];
  return { kind: 'pod', podUid: written.replaceAll('_', '-'), ...(containerId !== undefined && { containerId }) };
}
