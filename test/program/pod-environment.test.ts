import { expect, it } from 'vitest';
import { apiServerOfPod } from '../../src/program/pod-environment.ts';

it.each([
  [
    'an IPv4 address',
    { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '6443' },
    'https://10.96.0.1:6443',
  ],
  ['an IPv6 address', { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' }, 'https://[fd00::1]:443'],
  ['no port', { KUBERNETES_SERVICE_HOST: 'api.example' }, 'https://api.example:443'],
  ['no address', {}, undefined],
  ['an empty address', { KUBERNETES_SERVICE_HOST: '' }, undefined],
  ['KUBECONFIG beside it', { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBECONFIG: '/etc/kubeconfig' }, undefined],
])('the API server with %s in the environment', (_, environment, server) => {
  expect(apiServerOfPod(environment)).toBe(server);
});
