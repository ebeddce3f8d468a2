import { execFile } from 'node:child_process';
import { createServer } from 'node:http';

/** The reference of `exporter.fork_ratio`: an exporter that runs nvidia-smi anew for each scrape, and does next to nothing else. */
const [, , nvidiaSmi = '', fields = '', port = '0'] = process.argv;
const names = fields.split(',');

const server = createServer((_, response) => {
  execFile(nvidiaSmi, [`--query-gpu=${fields}`, '--format=csv,noheader,nounits'], (error, stdout) => {
    const lines = error ? [] : stdout.trim().split('\n').flatMap(toSeries);
    response.end(`${lines.join('\n')}\n`);
  });
});
server.listen(Number(port), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));

function toSeries(line: string): string[] {
  const values = line.split(', ');
  const labels = `{gpu="${values[0] ?? ''}",uuid="${values[1] ?? ''}"}`;
  return values.flatMap((value, i) => (/^[\d.]+$/.test(value) ? [`peer_${names[i]?.replaceAll('.', '_') ?? ''}${labels} ${value}`] : [])); // prettier-ignore
}
