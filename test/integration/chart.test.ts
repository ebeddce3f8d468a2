import { globSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { exporterOptions } from '../../src/exporter/options.ts';
import { readOptions } from '../../src/program/options.ts';
import { scalerOptions } from '../../src/scaler/options.ts';
import { parseConnections } from '../../src/signals/connections/connections.ts';
import { chartConnections } from '../support/chart-connections.ts';
import type { ConnectionValues } from '../support/chart-connections.ts';
import { findHelm, lint, notes, render, renderText } from '../support/helm.ts';
import type { Manifest } from '../support/helm.ts';
import { unknownFields } from '../support/kubernetes-fields.ts';

interface Container {
  readonly name: string;
  readonly args: readonly string[];
  readonly env?: readonly { name: string; value?: string }[];
  readonly ports?: readonly { name: string; containerPort: number }[];
  readonly startupProbe?: unknown;
  readonly livenessProbe?: unknown;
  readonly readinessProbe?: unknown;
  readonly securityContext: unknown;
  readonly volumeMounts?: readonly { name: string; mountPath: string; readOnly?: boolean }[];
}

interface ProjectedSecret {
  readonly secret: { readonly optional: boolean; readonly items: readonly { readonly path: string }[] };
}

interface PodSpec {
  readonly containers: readonly [Container];
  readonly volumes?: readonly { name: string; projected?: { sources: readonly ProjectedSecret[] } }[];
  readonly [field: string]: unknown;
}

interface Workload {
  readonly spec: {
    readonly selector: { readonly matchLabels: Record<string, string> };
    readonly template: { readonly metadata: { readonly labels: Record<string, string> }; readonly spec: PodSpec };
    readonly [field: string]: unknown;
  };
}

const features = globSync('charts/pilotlight/ci/*-values.yaml').sort();
const cases: readonly (readonly string[])[] = [[], ...features.map((path) => ['--values', path])];
let helm = '';

beforeAll(() => {
  helm = findHelm();
}, 900_000);

function find(manifests: readonly Manifest[], kind: string, name: string): Manifest {
  const found = manifests.find((one) => one.kind === kind && one.metadata.name === name);
  if (!found) throw new Error(`no ${kind} ${name} among ${manifests.map((one) => `${one.kind} ${one.metadata.name}`).join(', ')}`); // prettier-ignore
  return found;
}

function workload(manifests: readonly Manifest[], kind: string, name: string): Workload['spec'] {
  return (find(manifests, kind, name) as unknown as Workload).spec;
}

function podSpecs(manifests: readonly Manifest[]): PodSpec[] {
  const pods = manifests.filter(({ kind }) => kind === 'Pod').map((one) => one['spec']) as PodSpec[];
  return [...pods, ...makers(manifests).map(({ spec }) => spec.template.spec)];
}

/** The objects that make pods. */
function makers(manifests: readonly Manifest[]): Workload[] {
  return manifests.filter(({ kind }) => ['DaemonSet', 'Deployment'].includes(kind)) as unknown as Workload[];
}

describe('the default rendering', () => {
  it('is the golden one', async () => {
    await expect(renderText(helm)).toMatchFileSnapshot('../golden/chart-default.yaml');
  });

  it('gives the exporter the socket directory read only, root without rights, and no token', () => {
    const { spec } = workload(render(helm), 'DaemonSet', 'pilotlight-exporter').template;
    expect(spec).toMatchObject({
      automountServiceAccountToken: false,
      volumes: [{ hostPath: { path: '/var/lib/kubelet/pod-resources', type: 'Directory' } }],
      containers: [
        {
          volumeMounts: [{ mountPath: '/var/lib/kubelet/pod-resources', readOnly: true }],
          securityContext: {
            runAsUser: 0,
            privileged: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
        },
      ],
    });
    expect(JSON.stringify(spec)).not.toMatch(/hostPID|hostNetwork|SYS_ADMIN|"limits"/);
    expect(spec.containers[0].args).toContain('--backend=auto');
  });

  it('shows the exporter the host’s processes only where GPUs are shared, and the least of them', () => {
    const on = ['--set', 'exporter.sharedGpus.enabled=true'];
    const { spec } = workload(render(helm, ...on), 'DaemonSet', 'pilotlight-exporter').template;
    expect(spec['hostPID']).toBeUndefined();
    expect(spec.containers[0].args).toContain('--proc-root=/host/proc');
    expect(spec.containers[0].args).toContain('--pod-logs-path=/var/log/pods');
    expect(spec.containers[0].volumeMounts?.map(({ mountPath, readOnly }) => [mountPath, readOnly])).toEqual([
      ['/var/lib/kubelet/pod-resources', true],
      ['/var/log/pods', true],
      ['/host/proc', true],
    ]);
    const host = [...on, '--set', 'exporter.sharedGpus.hostPID=true'];
    const hosted = workload(render(helm, ...host), 'DaemonSet', 'pilotlight-exporter').template.spec;
    expect(hosted['hostPID']).toBe(true);
    expect(hosted.containers[0].args).toContain('--proc-root=/proc');
    expect(hosted.volumes?.map(({ name }) => name)).toEqual(['pod-resources', 'pod-logs']);
  });

  it('gives the scaler probes, two replicas on different nodes, and what "restricted" asks for', () => {
    const { replicas, template } = workload(render(helm), 'Deployment', 'pilotlight-scaler');
    expect(replicas).toBe(2);
    expect(template.spec).toMatchObject({
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      topologySpreadConstraints: [{ topologyKey: 'kubernetes.io/hostname' }],
      containers: [
        {
          startupProbe: { tcpSocket: { port: 'grpc' }, periodSeconds: 2, failureThreshold: 60 },
          livenessProbe: { httpGet: { path: '/healthz', port: 'http' } },
          readinessProbe: { httpGet: { path: '/readyz', port: 'http' } },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
        },
      ],
    });
    expect(template.spec.containers[0].env).toContainEqual({ name: 'NVIDIA_VISIBLE_DEVICES', value: 'void' });
  });

  it('lets KEDA and the scaler find every pod behind a name', () => {
    const manifests = render(helm);
    expect(find(manifests, 'Service', 'pilotlight-scaler')['spec']).toMatchObject({ clusterIP: 'None' });
    expect(find(manifests, 'Service', 'pilotlight-exporter')['spec']).toMatchObject({
      clusterIP: 'None',
      publishNotReadyAddresses: true,
    });
    const { args } = workload(manifests, 'Deployment', 'pilotlight-scaler').template.spec.containers[0];
    expect(args).toContain(
      '--exporter-pods=pilotlight/app.kubernetes.io/component=exporter,app.kubernetes.io/instance=pilotlight,app.kubernetes.io/name=pilotlight port=9400',
    );
  });

  it('lets the scaler see five kinds, and write but an annotation and events', () => {
    const { rules } = find(render(helm), 'ClusterRole', 'pilotlight-scaler-pilotlight') as unknown as {
      rules: { apiGroups: string[]; resources: string[]; verbs: string[] }[];
    };
    const writes = rules.filter(({ verbs }) => verbs.some((verb) => !['get', 'list', 'watch'].includes(verb)));
    expect(writes).toEqual([
      { apiGroups: ['keda.sh'], resources: ['scaledobjects'], verbs: ['list', 'watch', 'get', 'patch'] },
      { apiGroups: [''], resources: ['events'], verbs: ['create', 'get', 'patch'] },
    ]);
    expect(rules.flatMap(({ resources }) => resources).sort()).toEqual(['deployments', 'events', 'horizontalpodautoscalers', 'pods', 'scaledobjects', 'statefulsets']); // prettier-ignore
  });
});

describe('with scaler.podDeletionCost', () => {
  const flags = ['--set', 'scaler.podDeletionCost=true'];
  const pods = { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch', 'get', 'patch'] };

  it('the scaler is told so, and may patch pods where it serves', () => {
    const manifests = render(helm, ...flags);
    expect(workload(manifests, 'Deployment', 'pilotlight-scaler').template.spec.containers[0].args).toContain('--pod-deletion-cost=true'); // prettier-ignore
    expect(find(manifests, 'ClusterRole', 'pilotlight-scaler-pilotlight')['rules']).toContainEqual(pods);
  });

  it('it may so in its namespaces alone where it has some, and not in that of the exporters', () => {
    const manifests = render(helm, ...flags, '--set', 'scaler.rbac.namespaces={inference}');
    const rights = (name: string, namespace: string): unknown =>
      manifests.find(({ kind, metadata }) => kind === 'Role' && metadata.name === name && metadata.namespace === namespace)?.['rules']; // prettier-ignore
    expect(rights('pilotlight-scaler-pilotlight', 'inference')).toContainEqual(pods);
    expect(rights('pilotlight-scaler-exporters', 'pilotlight')).toEqual([{ ...pods, verbs: ['list', 'watch'] }]);
  });

  it('is off by default: no flag, no right', () => {
    const text = JSON.stringify(render(helm));
    expect(text).not.toContain('pod-deletion-cost');
    expect(find(render(helm), 'ClusterRole', 'pilotlight-scaler-pilotlight')['rules']).toContainEqual({ ...pods, verbs: ['list', 'watch'] }); // prettier-ignore
  });
});

describe.each(cases.map((flags) => [flags[1] ?? 'the default values', flags] as const))('with %s', (_, flags) => {
  it('passes helm lint --strict', () => {
    expect(lint(helm, ...flags)).toContain('0 chart(s) failed');
  });

  it('has only fields that Kubernetes knows', () => {
    const unknown = render(helm, ...flags).flatMap((one) =>
      unknownFields(one.kind, one).map((field) => `${one.kind} ${one.metadata.name}: ${field}`),
    );
    expect(unknown).toEqual([]);
  });

  it('has only kinds of stable APIs', () => {
    const versions: Record<string, string> = {
      ClusterRole: 'rbac.authorization.k8s.io/v1',
      ClusterRoleBinding: 'rbac.authorization.k8s.io/v1',
      Role: 'rbac.authorization.k8s.io/v1',
      RoleBinding: 'rbac.authorization.k8s.io/v1',
      ConfigMap: 'v1',
      DaemonSet: 'apps/v1',
      Deployment: 'apps/v1',
      NetworkPolicy: 'networking.k8s.io/v1',
      Pod: 'v1',
      PodDisruptionBudget: 'policy/v1',
      Service: 'v1',
      ServiceAccount: 'v1',
      ServiceMonitor: 'monitoring.coreos.com/v1',
    };
    for (const { kind, apiVersion } of render(helm, ...flags)) expect({ kind, apiVersion }).toEqual({ kind, apiVersion: versions[kind] }); // prettier-ignore
  });

  it('names each object once, and labels all of them', () => {
    const manifests = render(helm, ...flags);
    const names = manifests.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`);
    expect(new Set(names).size).toBe(names.length);
    for (const { metadata } of manifests) {
      expect(Object.keys(metadata.labels)).toEqual(
        expect.arrayContaining([
          'app.kubernetes.io/name',
          'app.kubernetes.io/instance',
          'app.kubernetes.io/component',
          'app.kubernetes.io/version',
          'app.kubernetes.io/managed-by',
          'helm.sh/chart',
        ]),
      );
    }
  });

  it('selects pods that it makes, by labels that never change', () => {
    const manifests = render(helm, ...flags);
    const pods = makers(manifests).map(({ spec }) => spec.template.metadata.labels);
    for (const selector of selectors(manifests)) {
      expect(Object.keys(selector).sort()).toEqual(stableLabels);
      expect(pods.some((labels) => Object.entries(selector).every(([key, value]) => labels[key] === value))).toBe(true);
    }
  });

  it('has no pod with rights, a writable root or a GPU of its own', () => {
    for (const spec of podSpecs(render(helm, ...flags))) {
      expect(spec).not.toHaveProperty('hostNetwork');
      expect(spec).not.toHaveProperty('hostPID');
      for (const container of spec.containers) {
        expect(container.securityContext).toMatchObject({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        expect(JSON.stringify(container)).not.toContain('"nvidia.com/gpu"');
      }
    }
  });

  it('gives the programs flags that they take', () => {
    for (const { spec } of makers(render(helm, ...flags))) {
      const { args } = spec.template.spec.containers[0];
      // What stands before the program is for Node.
      const at = args.findIndex((word: string) => word.endsWith('/main.js'));
      const options = args[at] === 'dist/scaler/main.js' ? scalerOptions : exporterOptions;
      const argv = args.slice(at + 1);
      expect(() => readOptions<typeof exporterOptions | typeof scalerOptions>(options, argv, {})).not.toThrow();
    }
  });

  it('mounts only volumes that it has, and has each once', () => {
    for (const { volumes = [], containers } of podSpecs(render(helm, ...flags))) {
      const names = volumes.map(({ name }) => name);
      const mounts = (containers[0].volumeMounts ?? []).map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      expect(mounts.filter((name) => !names.includes(name))).toEqual([]);
    }
  });
});

const stableLabels = ['app.kubernetes.io/component', 'app.kubernetes.io/instance', 'app.kubernetes.io/name'];

/** Every selector in the manifests that must find pods of the chart. */
function selectors(manifests: readonly Manifest[]): Record<string, string>[] {
  return manifests.flatMap((one) => {
    const spec = one['spec'] as
      { selector?: Record<string, unknown>; podSelector?: Record<string, unknown> } | undefined;
    if (one.kind === 'ServiceMonitor') return [];
    const selector = spec?.selector ?? spec?.podSelector;
    if (!selector) return [];
    return [('matchLabels' in selector ? selector['matchLabels'] : selector) as Record<string, string>];
  });
}

describe('values', () => {
  it.each([
    ['scaler.replicaCount=3', 'replicaCount'],
    ['exporter.backend=dcgm', 'backend'],
    ['scaler.readInterval=5', 'readInterval'],
    ['exporter.resources.limits.nvidia\\.com/gpu=1', 'resources'],
  ])('refuses --set %s and names the place', (setting, place) => {
    expect(() => renderText(helm, '--set', setting)).toThrow(place);
  });

  it('can take the node label away', () => {
    const manifests = render(helm, '--set', 'exporter.nodeSelector.nvidia\\.com/gpu\\.present=null');
    expect(workload(manifests, 'DaemonSet', 'pilotlight-exporter').template.spec).not.toHaveProperty('nodeSelector');
  });

  it('rolls the scaler when a connection changes, and only then', () => {
    const checksum = (...flags: string[]): unknown =>
      (
        workload(render(helm, ...flags), 'Deployment', 'pilotlight-scaler').template.metadata as unknown as {
          annotations: Record<string, string>;
        }
      ).annotations['checksum/connections'];
    expect(checksum('--values', 'examples/connections-values.yaml')).not.toBe(checksum());
    expect(checksum('--set', 'scaler.replicas=3')).toBe(checksum());
  });

  it.each(['examples/connections-values.yaml', 'charts/pilotlight/ci/connections-values.yaml'])(
    'hands the connections of %s to the scaler as it reads them, and their secrets as the files that they name',
    (values) => {
      const manifests = render(helm, '--values', values);
      const { data } = find(manifests, 'ConfigMap', 'pilotlight-scaler-connections') as unknown as {
        data: { 'connections.yaml': string };
      };
      const text = data['connections.yaml'];
      const given = parse(readFileSync(values, 'utf8')) as ConnectionValues;
      expect(parseConnections(text, 'connections.yaml').size).toBe(chartConnections(given).size);
      const { volumes, containers } = workload(manifests, 'Deployment', 'pilotlight-scaler').template.spec;
      expect(containers[0].volumeMounts).toContainEqual(
        expect.objectContaining({ mountPath: '/etc/pilotlight-secrets', readOnly: true }),
      );
      const named = [...text.matchAll(/File: \/etc\/pilotlight-secrets\/(\S+)/g)].map(([, path]) => path);
      const { sources } = volumes?.find(({ name }) => name === 'connection-secrets')?.projected ?? { sources: [] };
      const mounted = sources.flatMap(({ secret }) => secret.items.map(({ path }) => path));
      expect(mounted.sort()).toEqual(named.sort());
      expect(sources.every(({ secret }) => secret.optional)).toBe(true);
    },
  );

  it('refuses a connection with a secret and a file for the same', () => {
    const both = ['passwordSecret.name=a', 'passwordSecret.key=b', 'passwordFile=/c', 'type=redis', 'url=redis://r', 'namespaces={x}']; // prettier-ignore
    const flags = both.flatMap((setting) => ['--set', `scaler.connections.jobs.${setting}`]);
    expect(() => renderText(helm, ...flags)).toThrow('scaler.connections.jobs: passwordSecret and passwordFile exclude each other'); // prettier-ignore
  });

  it.each([
    ['scaler.hpaTolerance=0.05', '--hpa-tolerance=0.05'],
    ['scaler.hpaTolerance=0', '--hpa-tolerance=0'],
    ['scaler.events=false', '--events=off'],
    [
      'scaler.dcgmExporterPods=gpu-operator/app=nvidia-dcgm-exporter',
      '--dcgm-exporter-pods=gpu-operator/app=nvidia-dcgm-exporter',
    ],
    ['scaler.dcgmExporters={http://a:9400,http://b:9400}', '--dcgm-exporters=http://a:9400,http://b:9400'],
  ])('makes a flag of %s', (setting, flag) => {
    const argsWith = (...flags: string[]): readonly string[] =>
      workload(render(helm, ...flags), 'Deployment', 'pilotlight-scaler').template.spec.containers[0].args;
    expect(argsWith('--set', setting)).toContain(flag);
    expect(argsWith()).not.toContain(flag);
  });

  it('leaves the right to write events out with them', () => {
    const role = find(render(helm, '--set', 'scaler.events=false'), 'ClusterRole', 'pilotlight-scaler-pilotlight');
    expect(JSON.stringify(role)).not.toMatch(/"events"|"get"|"create"/);
  });

  it('lets the scaler see the pods of dcgm-exporters in a namespace of their own', () => {
    const manifests = render(helm, '--values', 'charts/pilotlight/ci/dcgm-values.yaml');
    const role = manifests.find((one) => one.kind === 'Role' && one.metadata.namespace === 'gpu-operator');
    expect(role?.['rules']).toEqual([{ apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] }]);
  });

  it('restricts where the scaler may connect to only where that is said, and then leaves names, the API server and exporters', () => {
    const policyOf = (...flags: string[]) => find(render(helm, '--set', 'networkPolicy.enabled=true', ...flags), 'NetworkPolicy', 'pilotlight-scaler')['spec']; // prettier-ignore
    expect(policyOf()).toMatchObject({ policyTypes: ['Ingress'] });
    expect(policyOf()).not.toHaveProperty('egress');
    const { policyTypes, egress } = policyOf('--values', 'charts/pilotlight/ci/network-policy-values.yaml') as { policyTypes: string[]; egress: { ports?: { port: unknown }[] }[] }; // prettier-ignore
    expect(policyTypes).toEqual(['Ingress', 'Egress']);
    expect(egress.map(({ ports }) => ports?.map(({ port }) => port))).toEqual([[53, 53, 443, 6443], ['http'], undefined, [6379]]); // prettier-ignore
  });

  it('keeps the rights to the namespaces that are named', () => {
    const manifests = render(helm, '--set', 'scaler.rbac.namespaces={inference,batch}');
    expect(manifests.filter(({ kind }) => kind.startsWith('ClusterRole'))).toEqual([]);
    const bindings = manifests.filter(({ kind }) => kind === 'RoleBinding');
    expect(bindings.map(({ metadata }) => metadata.namespace)).toEqual(['inference', 'batch', 'pilotlight']);
    const { args } = workload(manifests, 'Deployment', 'pilotlight-scaler').template.spec.containers[0];
    expect(args).toContain('--namespaces=inference,batch');
    const found = find(manifests, 'Role', 'pilotlight-scaler-exporters') as unknown as { rules: unknown };
    expect(found.rules).toEqual([{ apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] }]);
  });

  it('probes and tests a scaler with TLS over HTTP, which the kubelet can', () => {
    const manifests = render(helm, '--values', 'charts/pilotlight/ci/tls-values.yaml');
    const [scaler] = workload(manifests, 'Deployment', 'pilotlight-scaler').template.spec.containers;
    expect(scaler.livenessProbe).toMatchObject({ httpGet: { path: '/healthz', port: 'http' } });
    expect(scaler.readinessProbe).toMatchObject({ httpGet: { path: '/readyz', port: 'http' } });
    const [exporter] = workload(manifests, 'DaemonSet', 'pilotlight-exporter').template.spec.containers;
    expect(exporter.livenessProbe).toMatchObject({ httpGet: { scheme: 'HTTPS' } });
    const health = find(manifests, 'Pod', 'pilotlight-test-health')['spec'] as PodSpec;
    expect(health.containers[0].env?.map(({ name }) => name)).not.toContain('SCALER_GRPC');
  });

  it('mounts secrets as files that only their reader may read, and puts none into an environment', () => {
    const manifests = render(helm, '--values', 'charts/pilotlight/ci/tls-values.yaml');
    for (const { volumes = [], containers } of podSpecs(manifests)) {
      const secrets = volumes.flatMap((volume) =>
        'secret' in volume ? [volume.secret as { defaultMode: number }] : [],
      );
      for (const { defaultMode } of secrets) expect([0o400, 0o440]).toContain(defaultMode);
      expect(JSON.stringify(containers[0].env ?? [])).not.toContain('secretKeyRef');
    }
  });

  it('gives the exporter a token and one right only with ResourceSlices, and no way out without', () => {
    const manifests = render(helm, '--values', 'charts/pilotlight/ci/resource-slices-values.yaml');
    expect(workload(manifests, 'DaemonSet', 'pilotlight-exporter').template.spec['automountServiceAccountToken']).toBe(
      true,
    );
    const role = find(manifests, 'ClusterRole', 'pilotlight-exporter-pilotlight') as unknown as { rules: unknown };
    expect(role.rules).toEqual([{ apiGroups: ['resource.k8s.io'], resources: ['resourceslices'], verbs: ['list'] }]);
    const closed = render(helm, '--set', 'networkPolicy.enabled=true');
    const policy = find(closed, 'NetworkPolicy', 'pilotlight-exporter')['spec'];
    expect(policy).toMatchObject({ policyTypes: ['Ingress', 'Egress'] });
    expect(policy).not.toHaveProperty('egress');
  });

  it('keeps the names of two releases apart', () => {
    const names = render(helm, '--set', 'fullnameOverride=other').map(({ metadata }) => metadata.name);
    expect(names.filter((name) => !name.startsWith('other-'))).toEqual([]);
  });
});

describe('the check for fields that Kubernetes knows', () => {
  it('finds a misspelled field and a value of the wrong type', () => {
    const container = { livenesProbe: {}, ports: [{ containerPort: '80' }] };
    expect(unknownFields('Pod', { spec: { containers: [container] } })).toEqual([
      'spec.containers[0].livenesProbe',
      'spec.containers[0].ports[0].containerPort (not a number)',
    ]);
  });
});

describe('NOTES.txt', () => {
  it('gives the address for triggers', () => {
    expect(notes(helm)).toContain('scalerAddress: pilotlight-scaler.pilotlight:6000\n');
  });

  it.each([
    [
      'nothing that is wrong, with an image of a registry',
      'image.repository=registry.example.com/pilotlight',
      undefined,
    ],
    ['an image that names no registry', 'image.repository=pilotlight', 'names no registry'],
    ['made-up figures', 'exporter.backend=simulated', 'GPU figures are made up'],
    ['a single replica', 'scaler.replicas=1', 'While it restarts'],
    ['no exporter to read', 'exporter.enabled=false', 'the scaler has no exporter to read'],
    ['no rights', 'scaler.rbac.create=false', 'every trigger answers UNAVAILABLE'],
    ['a monitor that the cluster does not know', 'scaler.serviceMonitor.enabled=true', 'does not know ServiceMonitors'],
  ])('warns of %s', (_, setting, warning) => {
    const usual = ['--set', 'image.repository=registry.example.com/pilotlight', '--api-versions', 'keda.sh/v1alpha1'];
    const text = notes(helm, ...usual, '--set', setting);
    if (warning === undefined) expect(text).not.toContain('WARNING');
    else expect(text).toContain(warning);
  });
});
