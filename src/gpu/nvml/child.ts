import { readSync, writeSync } from 'node:fs';
import { errorText } from '../../domain/error-text.ts';
import { Collector } from './collect.ts';
import { demand, DriverError } from './device-calls.ts';
import { Library } from './library.ts';
import { dropStartPages } from '../start-pages.ts';
import type { ChildMessage } from './message.ts';

/**
 * The program that holds the driver's library, started by the exporter as a process of its own: a call that never comes
 * back, or a library that crashes, takes nothing else along. It reads the GPUs once for each line on its stdin, which says
 * the time in milliseconds, and answers with a line on its stdout. It waits for nothing else, so it needs no event loop,
 * and ends with its stdin.
 */
const [, , nvmlPath = ''] = process.argv;

/** After so many all has run that will ever run. */
const readingsOfStart = 10;

/** One for all messages: it lies outside of V8's heap, where much would pile up before that is collected. */
let room = Buffer.alloc(65_536);

function say(message: ChildMessage): void {
  const text = `${JSON.stringify(message)}\n`;
  const length = Buffer.byteLength(text);
  if (length > room.length) room = Buffer.alloc(2 * length);
  room.write(text);
  for (let written = 0; written < length;) written += writeSync(1, room, written, length - written);
}

/** The lines of stdin, one at a time, to its end. */
function* lines(): Generator<string> {
  const chunk = Buffer.alloc(4_096);
  let rest = '';
  for (let length = readSync(0, chunk); length > 0; length = readSync(0, chunk)) {
    const parts = (rest + chunk.toString('latin1', 0, length)).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
}

function loadLibrary(): Library | undefined {
  try {
    return new Library(nvmlPath);
  } catch (error) {
    say({ kind: 'unloadable', reason: errorText(error) });
    return undefined;
  }
}

function readDriverVersion(library: Library): string {
  const text = Buffer.alloc(80);
  demand(library, 'driverVersion', text, text.length);
  return text.toString('latin1', 0, text.indexOf(0));
}

function serve(library: Library): void {
  demand(library, 'init');
  say({ kind: 'started', driverVersion: readDriverVersion(library), missing: library.missing });
  const collector = new Collector(library);
  let readings = 0;
  for (const line of lines()) {
    say(collector.read(Number(line)));
    readings += 1;
    if (readings === readingsOfStart) dropStartPages();
  }
}

const library = loadLibrary();
if (library) {
  say({ kind: 'loaded' });
  try {
    serve(library);
  } catch (error) {
    if (!(error instanceof DriverError)) throw error;
    say({ kind: 'failure', call: error.call, code: error.code });
  }
}
