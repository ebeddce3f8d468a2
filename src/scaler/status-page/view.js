// What the status page shows, as plain data: browser.js makes elements of it, and puts all text in as text, never as
// markup. Both are served inside the page, so they import nothing else.

/**
 * An element to be: its tag, its attributes, and what is in it.
 * @typedef {{ tag: string, attributes: Record<string, string>, children: readonly (Shape | string)[] }} Shape
 */
/**
 * A decision as /api/decisions lists it.
 * @typedef {object} Decision
 * @property {string} namespace
 * @property {string} name
 * @property {string} state
 * @property {number=} required
 * @property {boolean=} active
 * @property {string=} rule
 * @property {string=} why
 * @property {string=} reason
 * @property {string=} decidedAt
 * @property {string=} hold
 * @property {{ replicas?: number, readyReplicas?: number, target?: string }=} workload
 * @property {{ state: string, min?: number, max?: number, until?: string, reason?: string, text?: string, problem?: string }=} override
 */
/** @typedef {{ rule: string, atLeast?: number, atMost?: number, keepAlive?: boolean, why: string }} Bid */
/**
 * @typedef {object} Signal
 * @property {string} signal
 * @property {string} state
 * @property {string} source
 * @property {number} ageSeconds
 * @property {{ heard: number, expected: number }} coverage
 * @property {number=} value
 * @property {number=} lastValue
 * @property {number=} target
 * @property {string=} unit
 * @property {string=} reason
 * @property {string=} note
 */
/**
 * @typedef {object} Calendar
 * @property {boolean} open
 * @property {number} floor
 * @property {string} because
 * @property {string} timezone
 * @property {number=} ceiling
 * @property {string=} nextEdge
 * @property {{ floor: number, because: string, opensAt: string }=} upcoming
 */
/**
 * @typedef {object} Pod
 * @property {string} name
 * @property {string} phase
 * @property {string=} node
 * @property {number=} requests
 * @property {number=} gpuUtilization
 * @property {{ cost: number, setBy: 'us' | 'others' }=} deletionCost
 */
/**
 * A trigger as /api/decisions/NAMESPACE/NAME tells of it.
 * @typedef {Decision & { bids: Bid[], signals: Signal[], calendar?: Calendar, warnings: string[], quiet?: { quiet: boolean, because: string }, workload?: { state?: string, reason?: string, target?: string, replicas?: number, readyReplicas?: number, minReplicas?: number, maxReplicas?: number, pods?: Pod[] } }} Trigger
 */

/**
 * @param {string} tag
 * @param {Record<string, string>} attributes
 * @param {readonly (Shape | string)[]} children
 * @returns {Shape}
 */
function shape(tag, attributes, ...children) {
  return { tag, attributes, children };
}

/** What a ScaledObject is, in one word: the first that applies of those that ask for attention.
 * @param {Decision} decision
 */
export function standing(decision) {
  if (decision.state !== 'decided') return 'undecided';
  if (decision.override?.state === 'in force') return 'overridden';
  if (decision.hold !== undefined) return 'held';
  return decision.active ? 'active' : 'asleep';
}

/** Whether a decision has all the words, and the standing, that are asked for.
 * @param {Decision} decision
 * @param {string} words
 * @param {string} wanted a standing, or nothing for any
 */
export function matches(decision, words, wanted) {
  if (wanted !== '' && standing(decision) !== wanted) return false;
  const { namespace, name, rule = '', why = '', reason = '' } = decision;
  const text = `${namespace}/${name} ${rule} ${why} ${reason} ${decision.workload?.target ?? ''}`.toLowerCase();
  return words.toLowerCase().split(/\s+/).every((word) => text.includes(word)); // prettier-ignore
}

/** What is to be seen of a decision at a glance.
 * @param {Decision} decision
 * @returns {Shape[]}
 */
export function summaryOf(decision) {
  const { namespace, name, required, rule, why, reason } = decision;
  const { replicas, readyReplicas } = decision.workload ?? {};
  const badge = standing(decision);
  const ready = readyReplicas === replicas ? '' : ` (${readyReplicas} ready)`;
  return [
    shape('span', { class: 'name' }, shape('span', { class: 'namespace' }, `${namespace}/`), name),
    shape('span', { class: `badge ${badge}` }, badge),
    shape(
      'span',
      { class: 'replicas' },
      `${replicas ?? '?'}${ready} → `,
      shape('strong', {}, required === undefined ? '?' : formatNumber(required)),
    ),
    shape(
      'span',
      { class: 'why' },
      shape('b', {}, rule ?? 'no decision'),
      ` ${why ?? reason ?? ''}`,
      ...heldBy(decision),
    ),
  ];
}

/** Why replicas may not be lowered, where that is not what decided.
 * @param {Decision} decision
 * @returns {Shape[]}
 */
function heldBy({ hold, why }) {
  return hold === undefined || hold === why ? [] : [shape('span', { class: 'hold' }, hold)];
}

/** All that the decision of a trigger rests on.
 * @param {Trigger} trigger
 * @returns {Shape}
 */
export function detailsOf(trigger) {
  const { bids, signals, calendar, workload, quiet, warnings, decidedAt } = trigger;
  return shape(
    'div',
    { class: 'trigger' },
    ...(warnings.length > 0
      ? [shape('ul', { class: 'warnings' }, ...warnings.map((text) => shape('li', {}, text)))]
      : []),
    table('Bids', ['rule', 'asks for', 'why'], bids.map((bid) => [bid.rule, formatBid(bid), bid.why]), bids.findIndex(({ rule, why }) => rule === trigger.rule && why === trigger.why)), // prettier-ignore
    table('Signals', ['signal', 'state', 'value', 'target', 'age', 'heard', 'source'], signals.map(signalRow), -1),
    facts([
      ['Calendar', calendar ? formatCalendar(calendar, decidedAt) : 'none'],
      ['Idle', quiet ? `${quiet.quiet ? 'yes' : 'no'}: ${quiet.because}` : 'not known'],
      ...formatOverride(trigger),
      ['Workload', workload ? formatWorkload(workload) : 'not known'],
      ...formatRemoval(workload?.pods ?? []),
      ['Decided', decidedAt ? formatTime(decidedAt, 'UTC') : 'not yet'],
    ]),
  );
}

/**
 * @param {string} caption
 * @param {string[]} columns
 * @param {string[][]} rows
 * @param {number} decisive the row that decided, -1 for none
 */
function table(caption, columns, rows, decisive) {
  if (rows.length === 0) return shape('p', { class: 'none' }, `${caption}: none`);
  const cells = (/** @type {string[]} */ row) => row.map((text, at) => shape('td', { 'data-label': columns[at] ?? '' }, text)); // prettier-ignore
  return shape(
    'table',
    {},
    shape('caption', {}, caption),
    shape('thead', {}, shape('tr', {}, ...columns.map((text) => shape('th', { scope: 'col' }, text)))),
    shape('tbody', {}, ...rows.map((row, at) => shape('tr', at === decisive ? { class: 'decisive' } : {}, ...cells(row)))), // prettier-ignore
  );
}

/** @param {[string, string][]} entries */
function facts(entries) {
  return shape('dl', {}, ...entries.flatMap(([term, text]) => [shape('dt', {}, term), shape('dd', {}, text)]));
}

/** @param {Bid} bid */
function formatBid({ atLeast, atMost, keepAlive }) {
  const parts = [
    atLeast === undefined ? '' : `at least ${formatNumber(atLeast)}`,
    atMost === undefined ? '' : `at most ${formatNumber(atMost)}`,
    keepAlive ? 'not zero' : '',
  ];
  return parts.filter((part) => part !== '').join(', ') || 'nothing';
}

/** @param {Signal} signal */
function signalRow({ signal, state, source, ageSeconds, coverage, value, lastValue, target, unit = '', reason, note }) {
  const shown = value ?? lastValue;
  const remark = reason ?? note;
  return [
    signal,
    state,
    shown === undefined ? '' : `${formatValue(shown, unit)}${value === undefined ? ' before' : ''}`,
    target === undefined ? '' : formatValue(target, unit),
    formatSeconds(ageSeconds),
    `${coverage.heard} of ${coverage.expected}`,
    remark === undefined ? source : `${source}: ${remark}`,
  ];
}

/** @param {Calendar} calendar @param {string=} decidedAt */
function formatCalendar({ open, floor, ceiling, because, timezone, nextEdge, upcoming }, decidedAt) {
  const ahead = (/** @type {string} */ time) => (decidedAt ? `, in ${formatSeconds((Date.parse(time) - Date.parse(decidedAt)) / 1000)}` : ''); // prettier-ignore
  return [
    `${open ? 'open' : 'closed'} (${because})`,
    `at least ${floor}${ceiling === undefined ? '' : `, at most ${ceiling}`}`,
    nextEdge ? `changes ${formatTime(nextEdge, timezone)}${ahead(nextEdge)}` : 'no change ahead',
    upcoming ? `warming ${upcoming.floor} for ${upcoming.because}` : '',
  ].filter((part) => part !== '').join('; '); // prettier-ignore
}

/** @param {Trigger} trigger @returns {[string, string][]} */
function formatOverride({ override }) {
  if (!override) return [];
  const { state, min, max, until, reason, text, problem } = override;
  if (problem !== undefined) return [['Override', `not understood: ${text}: ${problem}`]];
  const limits = [min === undefined ? '' : `min ${min}`, max === undefined ? '' : `max ${max}`].join(' ').trim();
  return [
    [
      'Override',
      `${state}: ${limits}${until ? ` until ${formatTime(until, 'UTC')}` : ''}${reason ? `; ${reason}` : ''}`,
    ],
  ];
}

/** @param {NonNullable<Trigger['workload']>} workload */
function formatWorkload({ reason, target, replicas, readyReplicas, minReplicas, maxReplicas, pods = [] }) {
  if (reason !== undefined) return `unknown: ${reason}`;
  const limits =
    minReplicas === undefined && maxReplicas === undefined ? '' : `, from ${minReplicas ?? 0} to ${maxReplicas ?? 100}`;
  const others = pods.filter(({ phase }) => phase !== 'ready').map(({ name, phase }) => `${name} ${phase}`);
  return [`${target}: ${replicas} replicas${limits}, ${readyReplicas} ready`, ...others].join('; ');
}

/** The pods that have a deletion cost, in the order in which it makes them go.
 * @param {Pod[]} pods
 * @returns {[string, string][]}
 */
function formatRemoval(pods) {
  const marked = pods.filter(({ deletionCost }) => deletionCost).sort((a, b) => costOf(a) - costOf(b));
  const texts = marked.map((pod) => {
    const { name, requests, gpuUtilization, deletionCost } = pod;
    const activity = [
      requests === undefined ? '' : `, ${formatNumber(requests)} running`,
      gpuUtilization === undefined ? '' : `, GPUs ${formatValue(gpuUtilization, 'ratio')}`,
    ].join('');
    return `${name} (cost ${costOf(pod)}${deletionCost?.setBy === 'others' ? ' set by others' : ''}${activity})`;
  });
  return texts.length === 0 ? [] : [['Deletion costs', texts.join('; ')]];
}

/** @param {Pod} pod */
function costOf({ deletionCost }) {
  return deletionCost?.cost ?? 0;
}

/** @param {number} value @param {string} unit */
function formatValue(value, unit) {
  if (unit === 'ratio') return `${formatNumber(value * 100)} %`;
  return unit === 'requests' || unit === '' ? formatNumber(value) : `${formatNumber(value)} ${unit}`;
}

/** @param {number} value */
export function formatNumber(value) {
  return String(Number(value.toFixed(value < 10 ? 2 : 1)));
}

/** `45 s`, `3 min`, `2 h 5 min`, `3 d 4 h`.
 * @param {number} seconds
 */
export function formatSeconds(seconds) {
  if (seconds < 60) return `${Math.max(0, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h${minutes % 60 ? ` ${minutes % 60} min` : ''}`;
  return `${Math.floor(minutes / 1440)} d ${Math.floor((minutes % 1440) / 60)} h`;
}

/** @param {string} time @param {string} timezone */
function formatTime(time, timezone) {
  const options = /** @type {const} */ ({ weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', timeZone: timezone }); // prettier-ignore
  return `${new Date(time).toLocaleString('en-GB', options)} ${timezone}`;
}
