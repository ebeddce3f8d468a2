/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { detailsOf, matches, summaryOf } from './view.js';

// Runs in the browser: asks the scaler what it decided, and keeps the page up to date for as long as it is looked at.

/** @import { Decision, Shape, Trigger } from './view.js' */

/** @typedef {{ element: HTMLDetailsElement, summary: HTMLElement, body: HTMLElement, seen: string, decision: Decision }} Row */

const pollMs = 5000;

/** Makes an element of a shape.
 * @param {Shape | string} given
 * @returns {Node}
 */
function build(given) {
  if (typeof given === 'string') return document.createTextNode(given);
  const element = document.createElement(given.tag);
  for (const [name, value] of Object.entries(given.attributes)) element.setAttribute(name, value);
  element.append(...given.children.map(build));
  return element;
}

/** @param {string} id */
function find(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no ${id}`);
  return /** @type {HTMLInputElement} */ (element);
}

/** @type {Map<string, Row>} */
const rows = new Map();

/** @param {Decision} decision */
function nameOf({ namespace, name }) {
  return `${namespace}/${name}`;
}

/** @param {string} path @returns {Promise<unknown>} */
async function ask(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`it answered ${response.status}`);
  return response.json();
}

function filter() {
  const [words, wanted] = [find('words').value, find('standing').value];
  let shown = 0;
  for (const { element, decision } of rows.values()) {
    element.hidden = !matches(decision, words, wanted);
    if (!element.hidden) shown += 1;
  }
  find('count').textContent = `${shown} of ${rows.size} shown`;
}

/** @param {Row} row */
async function showDetails({ decision: { namespace, name }, body }) {
  const path = `api/decisions/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`;
  const { triggers } = /** @type {{ triggers: Trigger[] }} */ (await ask(path));
  body.replaceChildren(...triggers.map((trigger) => build(detailsOf(trigger))));
}

/** @param {Decision} decision @returns {Row} */
function createRow(decision) {
  const element = document.createElement('details');
  const [summary, body] = [document.createElement('summary'), document.createElement('div')];
  const row = { element, summary, body, seen: '', decision };
  element.append(summary, body);
  // A link to the page may end in #NAMESPACE/NAME.
  element.open = location.hash === `#${encodeURI(nameOf(decision))}`;
  element.addEventListener('toggle', () => void (element.open && attempt(() => showDetails(row))));
  return row;
}

/** Changes only what says something else than before: there may be thousands of rows.
 * @param {Row} row @param {Decision} decision
 */
function showRow(row, decision) {
  const seen = JSON.stringify({ ...decision, decidedAt: '' });
  if (row.seen !== seen) row.summary.replaceChildren(...summaryOf(decision).map(build));
  row.seen = seen;
  row.decision = decision;
  if (row.element.open) void attempt(() => showDetails(row));
}

/** @param {Decision[]} decisions sorted by name; several of one name are its triggers, in their order */
function showAll(decisions) {
  /** @type {Set<string>} */
  const keys = new Set();
  for (const decision of decisions) {
    let key = nameOf(decision);
    while (keys.has(key)) key += ' ';
    keys.add(key);
    const row = rows.get(key) ?? createRow(decision);
    rows.set(key, row);
    showRow(row, decision);
  }
  for (const [key, { element }] of rows) {
    if (keys.has(key)) continue;
    element.remove();
    rows.delete(key);
  }
  const elements = [...keys].flatMap((key) => rows.get(key)?.element ?? []);
  const list = find('list');
  const isFirst = list.children.length === 0;
  if (elements.some((element, at) => list.children[at] !== element)) list.replaceChildren(...elements);
  if (isFirst) elements.find(({ open }) => open)?.scrollIntoView();
  filter();
}

/** Does something that needs the scaler, and says so where it can't be asked.
 * @param {() => Promise<void>} work
 */
async function attempt(work) {
  try {
    await work();
    find('trouble').hidden = true;
  } catch (error) {
    const why = error instanceof Error ? error.message : 'no reason given';
    find('trouble').textContent = `The scaler can't be asked: ${why}. What is shown is what it said last.`;
    find('trouble').hidden = false;
  }
}

const inOrder = new Intl.Collator('en', { numeric: true });

async function poll() {
  const { decisions } = /** @type {{ decisions: Decision[] }} */ (await ask('api/decisions'));
  showAll(decisions.sort((one, other) => inOrder.compare(nameOf(one), nameOf(other))));
  find('when').textContent = new Date().toLocaleTimeString();
}

async function keepPolling() {
  if (!document.hidden) await attempt(poll);
  setTimeout(() => void keepPolling(), pollMs);
}

find('words').addEventListener('input', filter);
find('standing').addEventListener('change', filter);
document.addEventListener('visibilitychange', () => void (document.hidden || attempt(poll)));
void keepPolling();
