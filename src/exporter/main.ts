import { setFlagsFromString } from 'node:v8';
import { runProgram } from '../program/run.ts';
import { startExporter } from './app.ts';
import { exporterOptions } from './options.ts';

// The exporter does little, and the same for ever: optimised machine code would take more memory than it saves time.
setFlagsFromString('--no-opt');
setFlagsFromString('--no-maglev');

await runProgram({
  usage: 'npm run exporter -- [options]',
  about: "Serves the GPU readings of this node, and of the pods that hold its GPUs, as Prometheus' text.",
  options: exporterOptions,
  start: startExporter,
});
