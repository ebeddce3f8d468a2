import type { GpuSample } from '../domain/gpu.ts';
import { unattributedReasons } from '../gpu/pod-reading.ts';
import type { Attribution, UnattributedReason } from '../gpu/pod-reading.ts';
import { DcgmSeries } from './dcgm-series.ts';
import { DeviceSeries } from './device-series.ts';
import { labelText, MetricText } from './metric-text.ts';
import type { NodeView } from './node-state.ts';
import { PodSeries } from './pod-series.ts';

export const metricNameChoices = ['native', 'dcgm', 'both'] as const;
export type MetricNames = (typeof metricNameChoices)[number];

interface Settings {
  readonly metricNames: MetricNames;
  readonly nodeName: string;
}

/**
 * The series that a sample makes, as exposition text. A GPU's series carry no pod and a pod's no GPU position, so that
 * neither is counted into the other. The text is made once for each sample and join, however often it is scraped.
 */
export class GpuSeries {
  readonly #native = new MetricText();
  readonly #always = new MetricText();
  readonly #dcgm: DcgmSeries | undefined;
  readonly #device = new DeviceSeries(this.#native);
  readonly #pod = new PodSeries(this.#native);
  readonly #unattributed = this.#always.gauge('pilotlight_unattributed_devices', 'Devices that the kubelet gave to pods and that have no series per pod, by reason.'); // prettier-ignore
  #shown: { readonly sample: GpuSample | undefined; readonly attribution: Attribution | undefined; readonly bytes: Buffer } | undefined; // prettier-ignore

  readonly #texts: readonly MetricText[];

  constructor({ metricNames, nodeName }: Settings) {
    this.#dcgm = metricNames === 'native' ? undefined : new DcgmSeries(nodeName);
    const native = metricNames === 'dcgm' ? [] : [this.#native];
    this.#texts = [...native, this.#always, ...(this.#dcgm ? [this.#dcgm.text] : [])];
  }

  /** Exposition text of the view's sample and join, as it is sent. */
  render(view: NodeView): Buffer {
    const { sample, attribution } = view;
    if (!this.#shown || this.#shown.sample !== sample || this.#shown.attribution !== attribution) {
      for (const text of this.#texts) text.clear();
      if (this.#texts.includes(this.#native)) this.#setNative(view);
      if (attribution) this.#countLeftOut(attribution);
      this.#dcgm?.show(view);
      this.#shown = { sample, attribution, bytes: Buffer.from(this.#texts.map((text) => text.text()).join('')) };
    }
    return this.#shown.bytes;
  }

  #setNative({ sample, attribution }: NodeView): void {
    this.#device.show(sample);
    this.#pod.show(attribution);
  }

  #countLeftOut(attribution: Attribution): void {
    const counts = Map.groupBy(attribution.leftOut, ({ reason }) => reason);
    for (const reason of Object.keys(unattributedReasons) as UnattributedReason[]) {
      this.#unattributed.set(labelText({ reason }), counts.get(reason)?.length ?? 0);
    }
  }
}
