/**
 * What is asked of `nvidia-smi --query-gpu`, by our own name. A field has one or more sources, best first, and each
 * source the names it has had over the years; a driver that does not know a name fails the whole query, so names are
 * chosen from what it says it knows.
 */
const sources = {
  index: [['index']],
  uuid: [['uuid', 'gpu_uuid']],
  count: [['count']],
  driverVersion: [['driver_version']],
  model: [['name', 'gpu_name']],
  pciBusId: [['pci.bus_id', 'gpu_bus_id']],
  migMode: [['mig.mode.current']],
  utilizationRatio: [['utilization.gpu']],
  memoryUtilizationRatio: [['utilization.memory']],
  encoderUtilizationRatio: [['utilization.encoder']],
  decoderUtilizationRatio: [['utilization.decoder']],
  memoryUsedBytes: [['memory.used']],
  memoryTotalBytes: [['memory.total']],
  memoryReservedBytes: [['memory.reserved']],
  temperatureCelsius: [['temperature.gpu']],
  memoryTemperatureCelsius: [['temperature.memory']],
  powerWatts: [['power.draw'], ['power.draw.instant']],
  powerLimitWatts: [['enforced.power.limit'], ['power.limit']],
  graphicsClockHertz: [['clocks.current.graphics', 'clocks.gr']],
  smClockHertz: [['clocks.current.sm', 'clocks.sm']],
  memoryClockHertz: [['clocks.current.memory', 'clocks.mem']],
  videoClockHertz: [['clocks.current.video', 'clocks.video']],
  clockEvents: [['clocks_event_reasons.active', 'clocks_throttle_reasons.active']],
  pcieLinkGeneration: [['pcie.link.gen.current']],
  pcieLinkWidth: [['pcie.link.width.current']],
  eccCorrectedErrors: [['ecc.errors.corrected.aggregate.total']],
  eccUncorrectedErrors: [['ecc.errors.uncorrected.aggregate.total']],
  retiredPagesCorrected: [['retired_pages.single_bit_ecc.count', 'retired_pages.sbe']],
  retiredPagesUncorrected: [['retired_pages.double_bit.count', 'retired_pages.dbe']],
  retiredPagesPending: [['retired_pages.pending']],
  remappedRowsCorrected: [['remapped_rows.correctable']],
  remappedRowsUncorrected: [['remapped_rows.uncorrectable']],
  rowRemapPending: [['remapped_rows.pending']],
  rowRemapFailed: [['remapped_rows.failure']],
} as const satisfies Record<string, readonly (readonly string[])[]>;

export type FieldName = keyof typeof sources;

/** Without these a line can't be told from another, nor a complete sample from half of one. */
const essential: readonly FieldName[] = ['index', 'uuid', 'count'];

const entries = Object.entries(sources) as [FieldName, readonly (readonly string[])[]][];

interface FieldChoice {
  /** For `--query-gpu=`, in order. */
  readonly query: readonly string[];
  /** What this driver has no name for. */
  readonly unknown: readonly FieldName[];
  /** Essential fields among the unknown; where there are any, nothing can be read. */
  readonly lacking: readonly FieldName[];
}

/** Chooses what to ask from the names that the driver knows. */
export function chooseFields(known: ReadonlySet<string>): FieldChoice {
  const query: string[] = [];
  const unknown: FieldName[] = [];
  for (const [field, alternatives] of entries) {
    const names = alternatives.flatMap((aliases) => aliases.find((name) => known.has(name)) ?? []);
    query.push(...names);
    if (names.length === 0) unknown.push(field);
  }
  return { query, unknown, lacking: unknown.filter((field) => essential.includes(field)) };
}

/** Reads `nvidia-smi --help-query-gpu`: every name in quotes at the start of a line, such as `"uuid" or "gpu_uuid"`. */
export function parseHelpQuery(text: string): Set<string> {
  const names = new Set<string>();
  for (const [line] of text.matchAll(/^"[^\n]*$/gm)) {
    for (const [, name = ''] of line.matchAll(/"([\w.]+)"/g)) names.add(name);
  }
  return names;
}

/** Where each field stands in a line, best source first. */
export interface Columns {
  readonly width: number;
  readonly positions: ReadonlyMap<FieldName, readonly number[]>;
}

/** Reads a CSV header such as `index, uuid, memory.used [MiB]`; undefined for a line that is none. */
export function parseHeader(line: string): Columns | undefined {
  const names = splitCells(line).map((cell) => cell.replace(/ \[[^\]]*\]$/, ''));
  const positions = new Map<FieldName, readonly number[]>();
  for (const [field, alternatives] of entries) {
    const found = alternatives.map((aliases) => names.findIndex((name) => aliases.some((alias) => alias === name)));
    positions.set(field, found.filter((position) => position >= 0)); // prettier-ignore
  }
  const complete = essential.every((field) => (positions.get(field)?.length ?? 0) > 0);
  return complete ? { width: names.length, positions } : undefined;
}

/** The cells of a CSV line; nvidia-smi neither quotes nor escapes. */
export function splitCells(line: string): string[] {
  return line.split(',').map((cell) => cell.trim());
}
