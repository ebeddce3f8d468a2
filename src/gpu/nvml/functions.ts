/** What a parameter is in C: a handle is an opaque pointer, which is passed on as the number it is. */
type Parameter = 'handle' | 'number' | 'wide number' | 'buffer';

interface Declaration {
  /** Newest name first: drivers keep old names, and add new ones over the years. */
  readonly symbols: readonly string[];
  readonly parameters: readonly Parameter[];
}

/** `nvmlReturn_t nvmlXxx(nvmlDevice_t, …)`, where nothing but buffers to be filled follows. */
function ofDevice(symbol: string, ...parameters: readonly Parameter[]): Declaration {
  return { symbols: [symbol], parameters: ['handle', ...parameters] };
}

/** As NVIDIA's nvml.h declares them. */
const functions = {
  init: { symbols: ['nvmlInit_v2'], parameters: [] },
  driverVersion: { symbols: ['nvmlSystemGetDriverVersion'], parameters: ['buffer', 'number'] },
  deviceCount: { symbols: ['nvmlDeviceGetCount_v2'], parameters: ['buffer'] },
  deviceByIndex: { symbols: ['nvmlDeviceGetHandleByIndex_v2'], parameters: ['number', 'buffer'] },
  uuid: ofDevice('nvmlDeviceGetUUID', 'buffer', 'number'),
  name: ofDevice('nvmlDeviceGetName', 'buffer', 'number'),
  minorNumber: ofDevice('nvmlDeviceGetMinorNumber', 'buffer'),
  pciInfo: ofDevice('nvmlDeviceGetPciInfo_v3', 'buffer'),
  utilization: ofDevice('nvmlDeviceGetUtilizationRates', 'buffer'),
  samples: ofDevice('nvmlDeviceGetSamples', 'number', 'wide number', 'buffer', 'buffer', 'buffer'),
  encoderUtilization: ofDevice('nvmlDeviceGetEncoderUtilization', 'buffer', 'buffer'),
  decoderUtilization: ofDevice('nvmlDeviceGetDecoderUtilization', 'buffer', 'buffer'),
  memory: ofDevice('nvmlDeviceGetMemoryInfo', 'buffer'),
  memoryV2: ofDevice('nvmlDeviceGetMemoryInfo_v2', 'buffer'),
  power: ofDevice('nvmlDeviceGetPowerUsage', 'buffer'),
  powerLimit: ofDevice('nvmlDeviceGetEnforcedPowerLimit', 'buffer'),
  temperature: ofDevice('nvmlDeviceGetTemperature', 'number', 'buffer'),
  clock: ofDevice('nvmlDeviceGetClockInfo', 'number', 'buffer'),
  pcieLinkGeneration: ofDevice('nvmlDeviceGetCurrPcieLinkGeneration', 'buffer'),
  pcieLinkWidth: ofDevice('nvmlDeviceGetCurrPcieLinkWidth', 'buffer'),
  clockEventReasons: {
    symbols: ['nvmlDeviceGetCurrentClocksEventReasons', 'nvmlDeviceGetCurrentClocksThrottleReasons'],
    parameters: ['handle', 'buffer'],
  },
  licensableFeatures: ofDevice('nvmlDeviceGetGridLicensableFeatures_v4', 'buffer'),
  fieldValues: ofDevice('nvmlDeviceGetFieldValues', 'number', 'buffer'),
  computeProcesses: {
    symbols: ['nvmlDeviceGetComputeRunningProcesses_v3', 'nvmlDeviceGetComputeRunningProcesses_v2'],
    parameters: ['handle', 'buffer', 'buffer'],
  },
  graphicsProcesses: {
    symbols: ['nvmlDeviceGetGraphicsRunningProcesses_v3', 'nvmlDeviceGetGraphicsRunningProcesses_v2'],
    parameters: ['handle', 'buffer', 'buffer'],
  },
  mpsProcesses: {
    symbols: ['nvmlDeviceGetMPSComputeRunningProcesses_v3', 'nvmlDeviceGetMPSComputeRunningProcesses_v2'],
    parameters: ['handle', 'buffer', 'buffer'],
  },
  processUtilization: ofDevice('nvmlDeviceGetProcessUtilization', 'buffer', 'buffer', 'wide number'),
  migMode: ofDevice('nvmlDeviceGetMigMode', 'buffer', 'buffer'),
  maxMigDevices: ofDevice('nvmlDeviceGetMaxMigDeviceCount', 'buffer'),
  migDeviceByIndex: ofDevice('nvmlDeviceGetMigDeviceHandleByIndex', 'number', 'buffer'),
  gpuInstanceId: ofDevice('nvmlDeviceGetGpuInstanceId', 'buffer'),
  computeInstanceId: ofDevice('nvmlDeviceGetComputeInstanceId', 'buffer'),
  gpuInstanceById: ofDevice('nvmlDeviceGetGpuInstanceById', 'number', 'buffer'),
  gpuInstanceInfo: { symbols: ['nvmlGpuInstanceGetInfo'], parameters: ['handle', 'buffer'] },
  gpmSupport: ofDevice('nvmlGpmQueryDeviceSupport', 'buffer'),
  gpmAllocate: { symbols: ['nvmlGpmSampleAlloc'], parameters: ['buffer'] },
  gpmFree: { symbols: ['nvmlGpmSampleFree'], parameters: ['handle'] },
  gpmSample: ofDevice('nvmlGpmSampleGet', 'handle'),
  gpmSliceSample: ofDevice('nvmlGpmMigSampleGet', 'number', 'handle'),
  gpmMetrics: { symbols: ['nvmlGpmMetricsGet'], parameters: ['buffer'] },
  createEventSet: { symbols: ['nvmlEventSetCreate'], parameters: ['buffer'] },
  registerEvents: ofDevice('nvmlDeviceRegisterEvents', 'wide number', 'handle'),
  waitForEvent: { symbols: ['nvmlEventSetWait_v2'], parameters: ['handle', 'buffer', 'number'] },
} as const satisfies Record<string, Declaration>;

export type FunctionName = keyof typeof functions;

/**
 * The functions of NVIDIA's libnvidia-ml.so.1 that are called. Every one returns a code; one that a driver is too old for is as
 * if it had answered `functionNotFound`.
 */
export const declarations: Readonly<Record<FunctionName, Declaration>> = functions;
