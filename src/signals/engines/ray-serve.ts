import type { EnginePreset } from './engine.ts';

/**
 * Ray Serve, as each Ray node exports it, about every 10 s. Requests wait and arrive at routers, so only pods with a router
 * tell of that; every pod with a replica tells what it processes. The gauge of ongoing requests at replicas is a router's
 * view of the same requests: adding it would count them twice. Counters once had no `_total`.
 */
export const rayServe: EnginePreset<'ray-serve'> = {
  queue: { read: 'sum', from: [{ name: 'ray_serve_deployment_queued_queries' }] },
  running: { read: 'sum', from: [{ name: 'ray_serve_replica_processing_queries' }] },
  requestRate: {
    read: 'rate',
    from: [{ name: 'ray_serve_num_router_requests_total' }, { name: 'ray_serve_num_router_requests' }],
  },
};
