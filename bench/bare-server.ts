import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { ExternalScalerHandlers } from '../src/generated/externalscaler/ExternalScaler.ts';
import { loadExternalScaler } from './external-scaler-client.ts';

/**
 * The reference of `scaler.throughput_ratio` and `cluster.get_metrics_p99`: a bare grpc-js server that decodes the same requests
 * and returns constants.
 */
const handlers: ExternalScalerHandlers = {
  GetMetrics: (_call, callback) => {
    callback(null, { metricValues: [{ metricName: 'required-replicas', metricValue: 3, metricValueFloat: 2.4 }] });
  },
  IsActive: (_call, callback) => {
    callback(null, { result: true });
  },
  GetMetricSpec: (_call, callback) => {
    callback(null, { metricSpecs: [{ metricName: 'required-replicas', targetSize: 1, targetSizeFloat: 1 }] });
  },
  StreamIsActive: (call) => {
    call.write({ result: true });
  },
  StreamMetricSpec: (call) => {
    call.end();
  },
};

const server = new Server();
server.addService(loadExternalScaler().service, handlers);
server.bindAsync(process.argv[2] ?? '127.0.0.1:0', ServerCredentials.createInsecure(), (error) => {
  if (error) throw error;
});
process.on('SIGTERM', () => {
  server.forceShutdown();
  process.exit(0);
});
