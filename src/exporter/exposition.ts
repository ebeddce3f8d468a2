import type { Clock, EpochMs } from '../domain/clock.ts';
import { maximumAgeMs } from '../gpu/freshness.ts';
import type { ClaimEvent } from '../gpu/claims/poller.ts';
import type { AllocationEvent } from '../gpu/kubelet/poller.ts';
import type { OwnerLookup } from '../gpu/processes/owner.ts';
import type { ReaderEvent } from '../gpu/reader.ts';
import { reportAttribution } from './attribution-report.ts';
import type { AttributionReport } from './attribution-report.ts';
import { DeviceAccess } from './device-access.ts';
import { GpuSeries } from './gpu-series.ts';
import type { MetricNames } from './gpu-series.ts';
import type { HostEvent } from './host.ts';
import { HostSeries } from './host-series.ts';
import { NodeState } from './node-state.ts';
import { SelfSeries } from './self-series.ts';
import type { Collector } from './self-series.ts';

interface Settings {
  readonly clock: Clock;
  readonly nodeName: string;
  readonly metricNames: MetricNames;
  readonly sampleIntervalMs: number;
  readonly hostIntervalMs: number;
  /** What is collected on this node. */
  readonly collectors: ReadonlySet<Collector>;
  /** Whose a process is; absent where that is not looked up. */
  readonly ownerOf?: OwnerLookup;
}

/** Takes in what the collectors tell and makes exposition text of what is true at the moment of a scrape. */
export class Exposition {
  readonly self = new SelfSeries();
  readonly #settings: Settings;
  readonly #state: NodeState;
  readonly #access = new DeviceAccess();
  readonly #gpuSeries: GpuSeries;
  readonly #hostSeries = new HostSeries(this.self.text);
  readonly #awaited: Set<Collector>;
  #hostReadAtMs: EpochMs | undefined;
  #claimsAnswer = false;
  /** Whether somebody has asked since the last sample came, and between that and the one before. */
  #wasAsked = true;
  #wasAskedBefore = true;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#state = new NodeState(settings.sampleIntervalMs, settings.ownerOf);
    this.#gpuSeries = new GpuSeries(settings);
    this.#awaited = new Set(
      [...settings.collectors].filter((collector) => collector === 'gpu' || collector === 'kubelet'),
    );
  }

  /** Whether the GPUs and the kubelet have been asked once, with whatever outcome. */
  get isReady(): boolean {
    return this.#awaited.size === 0;
  }

  /** Whether the GPUs are kept from this very container, so that only another can read them. */
  get isDeviceAccessLost(): boolean {
    return this.#access.isLost;
  }

  /** Whether a GPU is shared, so that it takes its processes to tell what each pod has of it. */
  get needsProcesses(): boolean {
    return this.#state.needsProcesses;
  }

  /** Who has which GPU now, and how that was found. */
  attribution(): AttributionReport {
    const { clock, collectors } = this.#settings;
    return reportAttribution(this.#state.view(clock.nowMs()), collectors.has('kubelet'));
  }

  takeReading(event: ReaderEvent): void {
    this.#access.takeReading(event);
    if (event.kind === 'sample' || event.kind === 'failure') {
      this.#awaited.delete('gpu');
      this.self.countRejections(event.rejected);
    }
    if (event.kind === 'failure') this.self.countRestart();
    this.#state.takeReading(event);
    if (event.kind === 'sample') this.#prepare();
  }

  /** Makes the text when the sample comes, so that no scrape waits for it; but only while each sample is asked for. */
  #prepare(): void {
    // Whose a process is, is found out now in any case: it may have ended when somebody asks.
    const view = this.#state.view(this.#settings.clock.nowMs());
    if (this.#wasAsked && this.#wasAskedBefore) this.#gpuSeries.render(view);
    this.#wasAskedBefore = this.#wasAsked;
    this.#wasAsked = false;
  }

  takeAllocations(event: AllocationEvent): void {
    this.#awaited.delete('kubelet');
    this.self.setDuration('kubelet', event.tookMs);
    this.#state.takeAllocations(event);
  }

  takeClaims(event: ClaimEvent): void {
    this.self.setDuration('claims', event.tookMs);
    this.#claimsAnswer = event.kind === 'uuids';
    this.#state.takeClaims(event);
  }

  takeHost(event: HostEvent): void {
    this.self.setDuration('host', event.tookMs);
    this.#hostReadAtMs = event.kind === 'reading' ? this.#settings.clock.nowMs() : undefined;
    this.#hostSeries.show(event.kind === 'reading' ? event.reading : undefined);
  }

  /** Everything, in the text format of Prometheus, in parts. Reads nothing and waits for nothing. */
  chunks(): readonly Buffer[] {
    this.#wasAsked = true;
    const nowMs = this.#settings.clock.nowMs();
    const view = this.#state.view(nowMs);
    const hostIsFresh = this.#hostReadAtMs !== undefined && nowMs - this.#hostReadAtMs <= maximumAgeMs(this.#settings.hostIntervalMs); // prettier-ignore
    if (!hostIsFresh) this.#hostSeries.show(undefined);
    const works = {
      gpu: view.sample !== undefined,
      kubelet: view.kubeletAnswers,
      host: hostIsFresh,
      claims: this.#claimsAnswer,
    };
    for (const collector of this.#settings.collectors) this.self.setSuccess(collector, works[collector]);
    const { lastSampleAtMs } = this.#state;
    this.self.setSampleAge(lastSampleAtMs === undefined ? undefined : nowMs - lastSampleAtMs);
    const detailAtMs = view.sample?.detailObservedAtMs;
    this.self.setDetailAge(detailAtMs === undefined ? undefined : nowMs - detailAtMs);
    this.self.setLostGpus(view.sample && (view.sample.lostCount ?? 0));
    this.self.readProcess();
    return [this.#gpuSeries.render(view), Buffer.from(this.self.text.text())];
  }
}
