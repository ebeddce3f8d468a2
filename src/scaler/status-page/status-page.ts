import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { HttpAnswer } from '../../telemetry/http-server.ts';
import { style } from './style.ts';

/** Foreign names and reasons are put in by the script, as text; nothing of them is in here. */
const body = `<header>
<h1>pilotlight</h1>
<label>Filter <input id="words" type="search" placeholder="name, rule, reason" autocomplete="off"></label>
<label>Show <select id="standing">
<option value="">all</option><option>undecided</option><option>overridden</option><option>held</option><option>active</option><option>asleep</option>
</select></label>
</header>
<p id="trouble" role="alert" hidden></p>
<noscript><p>This page needs JavaScript; <a href="api/decisions">api/decisions</a> says the same without.</p></noscript>
<p class="quiet"><span id="count">asking the scaler</span>, as of <time id="when">now</time>. Replicas now → replicas needed.</p>
<main id="list" aria-label="ScaledObjects"></main>`;

/**
 * The page at `/`: every ScaledObject, what it needs and why, kept up to date by a script of its own. It is one file that
 * fetches nothing but the scaler's decisions, and its policy lets a browser do nothing else, whatever text gets into it.
 */
export function statusPage(): HttpAnswer & { readonly body: string } {
  const script = readScript();
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return {
    status: 200,
    contentType: 'text/html; charset=utf-8',
    headers: {
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    },
    body: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>pilotlight</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
${body}
<script type="module">${script}</script>
</body>
</html>
`,
  };
}

/** What is shown, and what shows it, as one script without imports. */
function readScript(): string {
  const files = ['./view.js', './browser.js'].map((name) => readFileSync(new URL(name, import.meta.url), 'utf8'));
  return files
    .join('\n')
    .replaceAll(/^import [^;]*;$/gm, '')
    .replaceAll(/^\/\/# sourceMappingURL=.*$/gm, '');
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
