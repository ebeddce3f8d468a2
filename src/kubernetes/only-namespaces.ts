import { cutText } from '../domain/cut-text.ts';
import { refKey } from '../domain/workload.ts';
import type { WorkloadSource } from './workload-source.ts';

/**
 * A workload source that serves these namespaces and no other, as a scaler does that has rights in them alone. Of the others
 * nothing is asked, so nothing is refused: the reason says where the setting is. No namespaces at all means all of them.
 */
export function onlyNamespaces(namespaces: readonly string[], source: WorkloadSource): WorkloadSource {
  if (namespaces.length === 0) return source;
  const served = new Set(namespaces);
  return {
    watch: (ref, podSelector) => {
      if (served.has(ref.namespace)) source.watch(ref, podSelector);
    },
    forget: (ref) => source.forget(ref),
    lookup: (ref) => {
      if (served.has(ref.namespace)) return source.lookup(ref);
      const reason = `ScaledObject ${cutText(refKey(ref), 80)}: this scaler serves the namespaces ${cutText(namespaces.join(', '), 200)} only; see its option --namespaces`;
      return { state: 'unknown', reason };
    },
    onChange: (listener) => source.onChange(listener),
    close: () => source.close(),
  };
}
