import type { SignalName } from '../../../domain/signal.ts';
import type { EndpointPickerConnection } from '../../connections/connections.ts';
import { HttpAccess } from '../../connections/http-access.ts';
import type { ConnectionTools, OpenConnection } from '../../connections/open-connection.ts';
import { parseExposition } from '../../exposition/parse-exposition.ts';
import type { Exposition, Sample } from '../../exposition/exposition.ts';
import { cut } from '../../reasons.ts';
import type { Measurement } from '../../source.ts';
import { absent, counted, measured } from '../measurement.ts';
import { pickerGenerations, poolLabels } from './picker-metrics.ts';
import type { PickerNames } from './picker-metrics.ts';

/** The signals that an endpoint picker tells of a pool. */
export const endpointPickerSignals: readonly SignalName[] = ['queue', 'running', 'concurrency', 'kvCache'];

const allNames = pickerGenerations.flatMap((names) => Object.values(names) as string[]);

/**
 * Reads what an endpoint picker tells of a pool: what it holds back itself, and what waits and runs in the pool's pods. The
 * picker tells means over the pods, which are made sums again. At zero replicas a picker with flow control knows what it holds
 * back; one without knows nothing, and the signal is absent.
 */
export function openEndpointPicker(connection: EndpointPickerConnection, tools: ConnectionTools): OpenConnection {
  const access = new HttpAccess(connection, tools.http, tools.secrets);
  return {
    source: ({ key = '' }, signals) => ({
      label: `endpoint-picker ${connection.name}`,
      signals,
      read: async (_workload, deadline) => {
        const { body, contentType } = await access.page({ path: '/metrics', deadline });
        const exposition = parseExposition(body, allNames, contentType);
        if (exposition.flaw !== undefined)
          throw new Error(`the metrics of ${access.host}: the text ${exposition.flaw}`);
        const pool = new PoolFigures(exposition, key);
        return new Map(signals.map((signal) => [signal, pool.measure(signal)]));
      },
    }),
    close: () => undefined,
  };
}

/** The figures of one pool in one text. */
class PoolFigures {
  readonly #exposition: Exposition;
  readonly #pool: string;
  readonly #names: PickerNames | undefined;

  constructor(exposition: Exposition, pool: string) {
    this.#exposition = exposition;
    this.#pool = pool;
    const told = (name: string): boolean =>
      exposition.unreadable.has(name) || exposition.samples.some((one) => one.name === name);
    this.#names = pickerGenerations.find((names) => Object.values(names).some((name: string) => told(name)));
  }

  measure(signal: SignalName): Measurement {
    const names = this.#names;
    if (!names) return absent("the metrics tell of no pool; is this the port of the endpoint picker's metrics?");
    if (signal === 'queue') return this.#queue(names);
    if (signal === 'running') return this.#sumOf(names, names.meanRunning);
    if (signal === 'kvCache') return this.#sumOf(names, names.meanKvCache);
    return add(this.#queue(names), this.#sumOf(names, names.meanRunning));
  }

  /**
   * What is held back waits as well as what the pods have queued. Pickers without flow control hold nothing back; where no
   * endpoint is ready, what is held back is all there is.
   */
  #queue(names: PickerNames): Measurement {
    const held = this.#held(names.held);
    if (held === undefined) return this.#sumOf(names, names.meanQueue);
    const noneReady = !this.#isBroken(names.ready) && (this.#ofPool(names.ready)?.value ?? 0) === 0;
    return noneReady ? held : add(held, this.#sumOf(names, names.meanQueue));
  }

  #held(name: string): Measurement | undefined {
    if (this.#isBroken(name)) return absent(`${name} can't be read`);
    const samples = this.#exposition.samples.filter((one) => one.name === name);
    const ours = samples.filter(({ labels }) => (labels.get(poolLabels.held) ?? this.#pool) === this.#pool);
    if (ours.length === 0) return undefined;
    const odd = ours.find(({ value }) => !(value >= 0 && Number.isFinite(value)));
    return odd ? absent(`${name} is ${odd.value}`) : measured(ours.reduce((sum, { value }) => sum + value, 0));
  }

  /** A mean times the number of endpoints that it is taken over. */
  #sumOf({ ready }: PickerNames, mean: string): Measurement {
    if (this.#isBroken(mean, ready)) return absent(`${mean} or ${ready} can't be read`);
    const [perEndpoint, endpoints] = [this.#ofPool(mean), this.#ofPool(ready)];
    if (!endpoints) return absent(`the metrics tell no ${ready} of a pool "${cut(this.#pool)}"`);
    if (!perEndpoint) return absent(`the metrics tell no ${mean} of a pool "${cut(this.#pool)}"`);
    if (endpoints.value === 0) return absent(`no endpoint of the pool "${cut(this.#pool)}" is ready`);
    return counted(perEndpoint.value * endpoints.value, `${mean} × ${ready}`);
  }

  #ofPool(name: string): Sample | undefined {
    return this.#exposition.samples.find((one) => one.name === name && one.labels.get(poolLabels.means) === this.#pool);
  }

  #isBroken(...names: readonly string[]): boolean {
    return names.some((name) => this.#exposition.unreadable.has(name));
  }
}

function add(first: Measurement, second: Measurement): Measurement {
  if (first.state === 'absent' || second.state === 'absent') return first.state === 'absent' ? first : second;
  return measured(first.value + second.value);
}
