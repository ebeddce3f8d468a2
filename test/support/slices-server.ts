import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeServiceAccount } from './service-account.ts';
import { testCertificate, testKey } from './test-certificate.ts';

interface Question {
  readonly path: string;
  readonly authorization: string | undefined;
}

/** An API server that is asked for ResourceSlices, and a service account that it knows. */
export interface SlicesServer {
  readonly url: string;
  /** The service account's folder, of `token` (`first-token`) and `ca.crt`. */
  readonly folder: string;
  readonly asked: readonly Question[];
}

/** @param answer what is answered in a version of `resource.k8s.io`, at the moment of a question */
export async function startSlicesServer(
  test: { onTestFinished(call: () => void): void },
  answer: (version: string) => { readonly status: number; readonly body?: unknown },
): Promise<SlicesServer> {
  const asked: Question[] = [];
  const server = createServer({ cert: testCertificate, key: testKey }, (request, response) => {
    const path = request.url ?? '';
    asked.push({ path, authorization: request.headers.authorization });
    const { status, body = {} } = answer(/resource\.k8s\.io\/(\w+)\//.exec(path)?.[1] ?? '');
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  test.onTestFinished(() => void server.close());
  const folder = mkdtempSync(join(tmpdir(), 'pilotlight-'));
  test.onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeServiceAccount(folder, 'first-token', testCertificate);
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, folder, asked };
}

/** A list of one node's devices: their UUIDs by the names that NVIDIA's driver gives them. */
export function slicesOf(uuids: Readonly<Record<string, string>>): unknown {
  const devices = Object.entries(uuids).map(([name, uuid]) => ({ name, attributes: { uuid: { string: uuid } } }));
  const pool = { name: 'node-a', generation: 1, resourceSliceCount: 1 };
  return { kind: 'ResourceSliceList', items: [{ spec: { driver: 'gpu.nvidia.com', nodeName: 'node-a', pool, devices } }] }; // prettier-ignore
}
