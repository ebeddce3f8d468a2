import type { Option } from '../../program/options.ts';

const scalerOption: Option<URL> = {
  help: "The scaler's HTTP port; in a cluster: kubectl -n pilotlight port-forward service/pilotlight-scaler-http 8080.",
  shown: 'http://127.0.0.1:8080',
  fallback: new URL('http://127.0.0.1:8080'),
  expects: 'a URL such as http://127.0.0.1:8080',
  parse: (text) => {
    const url = URL.parse(text);
    return url?.protocol === 'http:' || url?.protocol === 'https:' ? url : undefined;
  },
};

export const explainOptions = { scaler: scalerOption };
