import type { ScaledObject } from './scaled-object.ts';
import type { ExternalMetric, MetricsAndActivity, ScalerClient } from './scaler-client.ts';

/** KEDA's scalers cache for one trigger: asks again once where the scaler fails (pkg/scaling/cache/scalers_cache.go). */
export class Trigger {
  readonly #client: ScalerClient;
  readonly #scaledObject: ScaledObject;
  #streamed: ExternalMetric | undefined;

  constructor(client: ScalerClient, scaledObject: ScaledObject) {
    this.#client = client;
    this.#scaledObject = scaledObject;
  }

  /** A spec that was streamed stands in for GetMetricSpec. */
  remember(streamed: ExternalMetric): void {
    this.#streamed = streamed;
  }

  /** Any error that remains drops the whole cache, and with it the streamed spec. */
  forget(): void {
    this.#streamed = undefined;
  }

  /**
   * One poll, or one answer to the HPA: GetMetricSpec, then GetMetrics and IsActive of its metric.
   * @param metricName the metric that is wanted; the one that the scaler names, where absent
   */
  async read(metricName?: string): Promise<MetricsAndActivity> {
    try {
      const spec = this.#streamed ?? (await this.#twice(() => this.#client.getMetricSpec(this.#scaledObject)));
      if (metricName !== undefined && spec.metricName !== metricName) {
        throw new Error(`no matching metrics found for ${metricName}`);
      }
      return await this.#twice(() => this.#client.getMetricsAndActivity(this.#scaledObject, spec.metricName));
    } catch (error) {
      this.forget();
      throw error;
    }
  }

  async #twice<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    try {
      return await ask();
    } catch {
      return await ask();
    }
  }
}
