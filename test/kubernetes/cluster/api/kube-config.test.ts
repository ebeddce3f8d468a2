import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadKubeConfig } from '../../../../src/kubernetes/cluster/api/kube-config.ts';

describe('loadKubeConfig', () => {
  let path: string;
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pilotlight-'));
    path = join(folder, 'config');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('reads a file', async () => {
    await writeFile(
      path,
      `
current-context: test
contexts: [{ name: test, context: { cluster: c, user: u } }]
clusters: [{ name: c, cluster: { server: "https://10.0.0.1:6443" } }]
users: [{ name: u, user: { token: t } }]`,
    );

    expect((await loadKubeConfig(path)).server).toBe('https://10.0.0.1:6443');
  });

  it('says which file is not there', async () => {
    await expect(loadKubeConfig(path)).rejects.toThrow(
      `kubeconfig ${path}: ENOENT: no such file or directory, open '${path}'`,
    );
  });

  it('says that a file names no current cluster', async () => {
    await writeFile(path, 'clusters: []\ncontexts: []\nusers: []\n');

    await expect(loadKubeConfig(path)).rejects.toThrow(
      `kubeconfig ${path}: it names no current cluster; set current-context`,
    );
  });
});
