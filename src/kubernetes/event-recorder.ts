import type { ScaledObjectRef } from '../domain/workload.ts';

/** One line for `kubectl describe scaledobject`. */
export interface ScaledObjectEvent {
  readonly type: 'Normal' | 'Warning';
  /** In CamelCase, from a fixed set: events of one reason on one ScaledObject are one event that is counted. */
  readonly reason: string;
  readonly message: string;
}

/** Where events on ScaledObjects go. Takes them without an answer: an event is news, and nothing waits for it. */
export interface EventRecorder {
  record(ref: ScaledObjectRef, event: ScaledObjectEvent): void;
}

/** For where there is no API server to keep events. */
export const noEvents: EventRecorder = { record: () => undefined };

/** Leaves out the events of namespaces in which this scaler has no rights; no namespaces at all means all of them. */
export function eventsOfNamespaces(namespaces: readonly string[], events: EventRecorder): EventRecorder {
  if (namespaces.length === 0) return events;
  return {
    record: (ref, event) => {
      if (namespaces.includes(ref.namespace)) events.record(ref, event);
    },
  };
}
