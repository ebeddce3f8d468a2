import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { credentials } from '@grpc/grpc-js';
import type { ChannelCredentials } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PemFiles } from '../../../src/credentials/pem-files.ts';
import { pemPaths } from '../../../src/credentials/pem-options.ts';
import { authority, client, otherAuthority, serverA, serverB, stranger } from '../../support/certificates.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { KedaClient } from '../../support/keda-client.ts';
import { recordingLogger } from '../../support/recording-logger.ts';
import { queueTrigger, runScaler } from '../../support/running-scaler.ts';
import type { RunningScaler } from '../../support/running-scaler.ts';

const flags = { cert: '--tls-cert', key: '--tls-key', ca: '--tls-client-ca' };

describe('the gRPC server with TLS', () => {
  let folder: string;
  let clock: HandClock;
  let files: PemFiles;
  let scaler: RunningScaler;
  const clients: KedaClient[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pilotlight-tls-'));
    clock = new HandClock();
  });
  afterEach(async () => {
    for (const one of clients.splice(0)) one.close();
    files.close();
    await scaler.close();
    rmSync(folder, { recursive: true });
  });

  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };

  async function start(options: { clientCa?: string } = {}): Promise<void> {
    const ca = options.clientCa === undefined ? '' : write('ca.crt', options.clientCa);
    const paths = pemPaths({ cert: write('tls.crt', serverA.cert), key: write('tls.key', serverA.key), ca }, flags);
    files = await PemFiles.open(paths!, { clock, logger: recordingLogger().logger });
    scaler = await runScaler({ tls: files });
    const llama = { namespace: 'inference', name: 'llama' };
    scaler.workloads.set(llama, { replicas: 0, pods: [] });
    scaler.signalsOf(llama).set({ queue: 1 });
  }

  /** As KEDA does it with the TriggerAuthentication's caCert, tlsClientCert and tlsClientKey. */
  function keda(channel: ChannelCredentials): KedaClient {
    const one = new KedaClient(`localhost:${portOf(scaler)}`, undefined, channel);
    clients.push(one);
    return one;
  }

  const trusting = (pair?: { cert: string; key: string }): ChannelCredentials =>
    credentials.createSsl(
      Buffer.from(authority),
      pair ? Buffer.from(pair.key) : null,
      pair ? Buffer.from(pair.cert) : null,
    );

  it('serves who trusts it, and nobody without TLS', async () => {
    await start();
    expect(await keda(trusting()).metricSpecs(queueTrigger())).toEqual([{ metric: 'required-replicas', target: 1 }]);
    const distrusting = credentials.createSsl(Buffer.from(otherAuthority));
    await expect(keda(distrusting).metricSpecs(queueTrigger())).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(keda(credentials.createInsecure()).metricSpecs(queueTrigger())).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
  });

  it('serves only clients of its authorities, where it is told of them', async () => {
    await start({ clientCa: authority });
    expect(await keda(trusting(client)).metricSpecs(queueTrigger())).toHaveLength(1);
    await expect(keda(trusting()).metricSpecs(queueTrigger())).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(keda(trusting(stranger)).metricSpecs(queueTrigger())).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('shows a replaced certificate to the connections that follow, and goes on with those that stand', async () => {
    await start({ clientCa: authority });
    const standing = keda(trusting(client));
    await standing.metricSpecs(queueTrigger());
    const stream = standing.streamActivity(queueTrigger());
    await stream.count(1);
    expect(await shownName(client)).toBe('server-a');
    write('tls.crt', serverB.cert);
    write('tls.key', serverB.key);
    await vi.waitFor(async () => {
      await clock.advance(10_000);
      expect(await shownName(client)).toBe('server-b');
    });
    expect(await standing.metricSpecs(queueTrigger())).toHaveLength(1);
    expect(await keda(trusting(client)).metricSpecs(queueTrigger())).toHaveLength(1);
    stream.cancel();
  });

  it('takes replaced authorities for the clients that follow', async () => {
    await start({ clientCa: authority });
    await expect(keda(trusting(stranger)).metricSpecs(queueTrigger())).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    write('ca.crt', otherAuthority);
    await vi.waitFor(async () => {
      await clock.advance(10_000);
      expect(await keda(trusting(stranger)).metricSpecs(queueTrigger())).toHaveLength(1);
    });
    await expect(keda(trusting(client)).metricSpecs(queueTrigger())).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  /** The common name of the certificate that a new connection is shown. */
  function shownName(pair: { cert: string; key: string }): Promise<string> {
    const port = portOf(scaler);
    return new Promise((resolve, reject) => {
      const socket: TLSSocket = connect(
        { port, host: '127.0.0.1', ca: authority, ALPNProtocols: ['h2'], ...pair },
        () => {
          resolve(String(socket.getPeerCertificate().subject.CN));
          socket.destroy();
        },
      );
      socket.on('error', reject);
    });
  }
});

function portOf({ address }: RunningScaler): number {
  return Number(address.split(':')[1]);
}
