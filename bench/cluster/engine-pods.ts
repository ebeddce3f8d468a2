import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/**
 * Serves the metrics of all engine pods from one port, on every loopback address: a script for `startSide`. It writes a
 * ready-made answer per request and does no more, so that it takes little of the cores that the scaler is measured on.
 */
const answer = httpAnswer(vllmText());
const server = createServer((socket) => {
  if (socket.remoteAddress?.replace('::ffff:', '').startsWith('127.') !== true) return void socket.destroy();
  socket.on('error', () => socket.destroy());
  let rest = '';
  socket.on('data', (chunk) => {
    const requests = (rest + chunk.toString('latin1')).split('\r\n\r\n');
    rest = requests.pop() ?? '';
    requests.forEach(() => socket.write(answer));
  });
});
server.listen({ port: 0, host: '0.0.0.0', backlog: 4_096 }, () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});

function httpAnswer(body: string): Buffer {
  const head = `HTTP/1.1 200 OK\r\ncontent-type: text/plain; version=0.0.4\r\ncontent-length: ${body.length}\r\n\r\n`;
  return Buffer.from(head + body, 'latin1');
}

/** About 50 kB, as long as what a busy vLLM pod serves: gauges, counters, and many histograms. */
function vllmText(): string {
  const labels = 'engine="0",model_name="meta-llama/Llama-3.1-70B-Instruct"';
  const gauges = { num_requests_running: 12, num_requests_waiting: 2, kv_cache_usage_perc: 0.41 };
  const lines = Object.entries(gauges).flatMap(([name, value]) => [
    `# HELP vllm:${name} As vLLM says it.`,
    `# TYPE vllm:${name} gauge`,
    `vllm:${name}{${labels}} ${value}`,
  ]);
  for (let histogram = 0; lines.join('\n').length < 50_000; histogram += 1) {
    const name = `vllm:request_phase_${histogram}_time_seconds`;
    lines.push(`# HELP ${name} Histogram of time spent in a phase.`, `# TYPE ${name} histogram`);
    for (let le = 1; le <= 20; le += 1) lines.push(`${name}_bucket{${labels},le="${le * 0.3}"} ${le * 117}.0`);
    lines.push(`${name}_bucket{${labels},le="+Inf"} 2500.0`, `${name}_sum{${labels}} 8123.5`);
    lines.push(`${name}_count{${labels}} 2500.0`);
  }
  return `${lines.join('\n')}\n`;
}
