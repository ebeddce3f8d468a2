import { createHash } from 'node:crypto';
import type { Cancel, Clock, EpochMs } from '../../domain/clock.ts';
import { cutText } from '../../domain/cut-text.ts';
import type { Policy } from '../../domain/policy.ts';
import { refKey } from '../../domain/workload.ts';
import type { ScaledObjectRef } from '../../domain/workload.ts';
import type { EventRecorder } from '../../kubernetes/event-recorder.ts';
import type { WorkloadSource } from '../../kubernetes/workload-source.ts';
import { metadataLength } from '../../policy/entries.ts';
import { InvalidMetadataError } from '../../policy/invalid-metadata.ts';
import { parseTriggerMetadata } from '../../policy/trigger-metadata.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Endpoint } from './endpoint.ts';
import { invalidArgument, RpcError } from '../grpc/rpc-error.ts';
import { TriggerIndex } from './trigger-index.ts';
import type { TriggerMetadata } from './trigger-index.ts';

/** How often endpoints that nobody asks for any more are looked for. */
const sweepEveryMs = 30_000;
/** An endpoint that has no stream and was not asked for this long is dropped. */
const idleAfterMs = 600_000;
/** So is one that was not asked for this long while another trigger of its ScaledObject was: its metadata was edited. */
const supersededAfterMs = 120_000;
/** Invalid metadata that is remembered, so that it is not parsed again at every poll. */
const mostInvalid = 1_000;
/** In characters; longer metadata is remembered by its digest. */
const longestKept = 4_096;
/** What Kubernetes accepts as the name of a namespace or of a ScaledObject. */
const nameGrammar = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

interface EndpointsParts {
  /** Makes the endpoint of one trigger, not started. */
  readonly make: (ref: ScaledObjectRef, policy: Policy) => Endpoint;
  readonly workloads: WorkloadSource;
  /** Hears of metadata that are refused. */
  readonly events: EventRecorder;
  /** How many triggers are admitted. */
  readonly most: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Tenant {
  readonly endpoint: Endpoint;
  askedAtMs: EpochMs;
  /** Whether streams of it are open. */
  isHeld: boolean;
}

/** The endpoints of all triggers that KEDA asks for: made at the first question, dropped when the questions end. */
export class Endpoints {
  readonly #parts: EndpointsParts;
  readonly #tenants = new TriggerIndex<Tenant>();
  readonly #invalid = new TriggerIndex<InvalidMetadataError>();
  readonly #endChanges: () => void;
  #cancelSweep: Cancel = () => undefined;

  constructor(parts: EndpointsParts) {
    this.#parts = parts;
    this.#endChanges = parts.workloads.onChange((ref) => {
      for (const { endpoint } of this.#tenants.of(ref)) endpoint.workloadChanged();
    });
    this.#planSweep();
  }

  /**
   * The endpoint of one trigger, made and started where there is none.
   * Throws InvalidMetadataError, or RpcError where the ScaledObject's name is none or there are too many.
   */
  find(ref: ScaledObjectRef, metadata: TriggerMetadata): Endpoint {
    const tenant = this.#tenants.find(ref, metadata) ?? this.#admit(ref, metadata);
    tenant.askedAtMs = this.#parts.clock.nowMs();
    return tenant.endpoint;
  }

  /** To be called once in a while for an endpoint that is asked for without `find`. */
  asked(endpoint: Endpoint): void {
    const tenant = this.#tenantOf(endpoint);
    if (tenant) tenant.askedAtMs = this.#parts.clock.nowMs();
  }

  /** An endpoint that is held is not dropped; when it is let go, that counts as a question. */
  hold(endpoint: Endpoint, isHeld: boolean): void {
    const tenant = this.#tenantOf(endpoint);
    if (!tenant) return;
    tenant.isHeld = isHeld;
    tenant.askedAtMs = this.#parts.clock.nowMs();
  }

  /** All endpoints, those of one ScaledObject together. */
  *groups(): Iterable<readonly Endpoint[]> {
    for (const tenants of this.#tenants.groups()) yield tenants.map(({ endpoint }) => endpoint);
  }

  /** The endpoints of one ScaledObject, one for each of its triggers. */
  of(ref: ScaledObjectRef): readonly Endpoint[] {
    return this.#tenants.of(ref).map(({ endpoint }) => endpoint);
  }

  close(): void {
    this.#cancelSweep();
    this.#endChanges();
    for (const endpoint of [...this.groups()].flat()) endpoint.close();
    this.#tenants.clear();
  }

  #tenantOf(endpoint: Endpoint): Tenant | undefined {
    return this.#tenants.of(endpoint.ref).find((tenant) => tenant.endpoint === endpoint);
  }

  #admit(ref: ScaledObjectRef, metadata: TriggerMetadata): Tenant {
    const known = this.#invalid.find(ref, inBrief(metadata));
    if (known) throw known;
    checkName('namespace', ref.namespace);
    checkName('name', ref.name);
    const { most } = this.#parts;
    if (this.#tenants.size >= most) {
      throw new RpcError('RESOURCE_EXHAUSTED', `${most} triggers are served already; no more are admitted`);
    }
    const endpoint = this.#make(ref, metadata);
    const tenant = { endpoint, askedAtMs: 0, isHeld: false };
    this.#tenants.add(ref, metadata, tenant);
    this.#watch(ref);
    const logger = this.#parts.logger.child({ scaledobject: refKey(ref) });
    logger.info('trigger added');
    for (const warning of endpoint.policy.warnings) logger.warn({ warning }, 'policy warning');
    endpoint.start();
    return tenant;
  }

  #make(ref: ScaledObjectRef, metadata: TriggerMetadata): Endpoint {
    try {
      return this.#parts.make(ref, parseTriggerMetadata(metadata));
    } catch (error) {
      if (error instanceof InvalidMetadataError) this.#noteInvalid(ref, metadata, error);
      throw error;
    }
  }

  #noteInvalid(ref: ScaledObjectRef, metadata: TriggerMetadata, error: InvalidMetadataError): void {
    if (this.#invalid.size >= mostInvalid) this.#invalid.clear();
    this.#invalid.add(ref, inBrief(metadata), error);
    this.#parts.logger.warn({ scaledobject: refKey(ref), reason: error.message }, 'invalid trigger metadata');
    this.#parts.events.record(ref, { type: 'Warning', reason: 'InvalidTriggerMetadata', message: error.message });
  }

  /** Whichever of a ScaledObject's triggers names a pod selector names it for all: they scale the same workload. */
  #watch(ref: ScaledObjectRef): void {
    const selectors = this.of(ref).map(({ policy }) => policy.podSelector);
    this.#parts.workloads.watch(
      ref,
      selectors.find((selector) => selector !== undefined),
    );
  }

  #planSweep(): void {
    this.#cancelSweep = this.#parts.clock.after(sweepEveryMs, () => {
      this.#sweep();
      this.#planSweep();
    });
  }

  #sweep(): void {
    const nowMs = this.#parts.clock.nowMs();
    for (const tenants of this.#tenants.groups()) {
      const askedLastMs = Math.max(...tenants.map(({ askedAtMs }) => askedAtMs));
      for (const tenant of tenants) {
        const idle = nowMs - tenant.askedAtMs > idleAfterMs;
        const superseded = askedLastMs - tenant.askedAtMs > supersededAfterMs;
        if ((idle || superseded) && !tenant.isHeld) this.#drop(tenant);
      }
    }
  }

  #drop(tenant: Tenant): void {
    const { ref } = tenant.endpoint;
    tenant.endpoint.close();
    this.#tenants.remove(ref, tenant);
    if (this.#tenants.of(ref).length > 0) this.#watch(ref);
    else this.#parts.workloads.forget(ref);
    this.#parts.logger.info({ scaledobject: refKey(ref) }, 'trigger dropped');
  }
}

/** What is kept of metadata that is refused: of megabytes no more than tells them apart from others. */
function inBrief(metadata: TriggerMetadata): TriggerMetadata {
  if (metadataLength(metadata) <= longestKept) return metadata;
  const digest = createHash('sha256').update(JSON.stringify(Object.entries(metadata).sort()));
  return { sha256: digest.digest('hex') };
}

function checkName(what: string, text: string): void {
  if (nameGrammar.test(text)) return;
  throw invalidArgument(`${what} of the ScaledObject: "${cutText(text, 80)}" is not a name that Kubernetes accepts`);
}
