import type { EngineName } from '../../../domain/engine.ts';
import type { SignalName } from '../../../domain/signal.ts';
import { dynamo } from './dynamo.ts';
import type { EngineMetric, EnginePreset } from './preset.ts';
import { kserve } from './kserve.ts';
import { llamaCpp } from './llama-cpp.ts';
import { nim } from './nim.ts';
import { rayServe } from './ray-serve.ts';
import { seldon } from './seldon.ts';
import { sglang } from './sglang.ts';
import { tensorflowServing } from './tensorflow-serving.ts';
import { tensorrtLlm } from './tensorrt-llm.ts';
import { tgi } from './tgi.ts';
import { torchserve } from './torchserve.ts';
import { triton } from './triton.ts';
import { vllm } from './vllm.ts';

const presets: { readonly [E in EngineName]: EnginePreset<E> } = {
  vllm,
  sglang,
  triton,
  'tensorrt-llm': tensorrtLlm,
  tgi,
  'tensorflow-serving': tensorflowServing,
  torchserve,
  seldon,
  kserve,
  'ray-serve': rayServe,
  'llama-cpp': llamaCpp,
  nim,
  dynamo,
};

/** Where an engine's signals stand in its metrics. */
export function presetOf(engine: EngineName): Readonly<Partial<Record<SignalName, EngineMetric>>> {
  return presets[engine];
}
