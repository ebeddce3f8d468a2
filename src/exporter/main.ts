import { runProgram } from '../program/run.ts';
import { startExporter } from './app.ts';
import { preferSmallHeap } from './heap.ts';
import { exporterOptions } from './options.ts';

preferSmallHeap();

await runProgram({
  usage: 'npm run exporter -- [options]',
  about: "Serves the GPU readings of this node, and of the pods that hold its GPUs, as Prometheus' text.",
  options: exporterOptions,
  start: startExporter,
});
