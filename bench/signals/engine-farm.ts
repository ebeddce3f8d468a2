import { createServer } from 'node:http';
import { vllmScrape } from './vllm-scrape.ts';

/** Engine pods in a process of their own: `engine-farm.ts PORT PODS` listens on that port of 127.0.0.1, 127.0.0.2 … */
const [port = '0', pods = '1'] = process.argv.slice(2);
let answers = 0;
let body = scrape(0);

/** All pods show the same at one time; what they count grows from round to round. */
function scrape(age: number): Buffer {
  return Buffer.from(vllmScrape(1, age));
}

const server = (): ReturnType<typeof createServer> =>
  createServer({ keepAliveTimeout: 60_000 }, (_, response) => {
    if (answers % Number(pods) === 0) body = scrape(answers / Number(pods));
    answers += 1;
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(body);
  });
for (let pod = 1; pod <= Number(pods); pod += 1) server().listen(Number(port), `127.0.0.${pod}`);
process.on('SIGTERM', () => process.exit(0));
