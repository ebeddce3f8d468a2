import type { Clock } from '../../domain/clock.ts';
import { cutText } from '../../domain/cut-text.ts';
import { jsonAnswer, textAnswer } from '../../telemetry/http-server.ts';
import type { HttpAnswer, HttpRoute } from '../../telemetry/http-server.ts';
import { reportDecision, reportDetails } from './decision-report.ts';
import { statusPage } from '../status-page/status-page.ts';
import type { Endpoints } from '../trigger/endpoints.ts';
import type { ScalerMetrics } from './metrics.ts';

/** Whether KEDA's calls can be answered. */
export type Readiness = 'warming up' | 'ready' | 'shutting down';

interface HttpParts {
  readonly endpoints: Endpoints;
  readonly metrics: ScalerMetrics;
  readonly readiness: () => Readiness;
  readonly clock: Clock;
}

/** The scaler's pages: metrics for Prometheus, probes for the kubelet, and decisions with their reasons, for people to see at `/`. */
export function httpRoutes({ endpoints, metrics, readiness, clock }: HttpParts): Readonly<Record<string, HttpRoute>> {
  const page = statusPage();
  return {
    '/': () => page,
    '/metrics': async () => ({ status: 200, contentType: metrics.contentType, body: await metrics.render() }),
    '/healthz': () => textAnswer(200, 'ok'),
    '/readyz': () => probe(readiness()),
    '/api/decisions': () => jsonAnswer(200, { decisions: listDecisions(endpoints, clock) }),
    '/api/decisions/': (path) => decisionsOf(endpoints, path, clock),
  };
}

function listDecisions(endpoints: Endpoints, clock: Clock): object[] {
  return [...endpoints.groups()].flat().map((endpoint) => reportDecision(endpoint, clock.nowMs()));
}

/** @param path `namespace/name`; the answer has one entry for each of the ScaledObject's triggers */
function decisionsOf(endpoints: Endpoints, path: string, clock: Clock): HttpAnswer {
  const [namespace = '', name = '', ...rest] = path.split('/');
  const triggers = rest.length > 0 ? [] : endpoints.of({ namespace, name });
  if (triggers.length > 0) {
    return jsonAnswer(200, { namespace, name, triggers: triggers.map((one) => reportDetails(one, clock.nowMs())) });
  }
  const error = `no ScaledObject "${cutText(path, 80)}" has been asked for; write /api/decisions/NAMESPACE/NAME`;
  return jsonAnswer(404, { error });
}

function probe(readiness: Readiness): HttpAnswer {
  return readiness === 'ready' ? textAnswer(200, 'ok') : textAnswer(503, readiness);
}
