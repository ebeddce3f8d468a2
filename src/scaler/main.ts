import { runProgram } from '../program/run.ts';
import { startScaler } from './app.ts';
import { scalerOptions } from './options.ts';

await runProgram({
  usage: 'npm run scaler -- [options]',
  about: "pilotlight-scaler answers KEDA's external scaler calls: how many replicas each inference endpoint needs now.",
  options: scalerOptions,
  start: startScaler,
});
