import type { Socket } from 'node:net';
import { FaultyServer } from './faulty-server.ts';

interface Group {
  readonly name: string;
  readonly pending: number;
  /** null when Redis can't tell; undefined for a Redis that does not know lag. */
  readonly lag?: number | null | undefined;
}

/** What a stand-in holds under a key. */
type Held =
  | { readonly list: number; readonly last?: string }
  | { readonly stream: readonly Group[] }
  | { readonly scores: readonly number[] }
  | { readonly fields: readonly string[] }
  | { readonly other: string };

/** Speaks as much of Redis' protocol as a reader of queues needs. Answers are as Redis 7 gives them. */
export class RedisStandIn {
  readonly keys = new Map<string, Held>();
  /** Where the masters are that it knows as a sentinel. */
  readonly masters = new Map<string, readonly [host: string, port: string]>();
  readonly seen: string[] = [];
  password: string | undefined;
  databases = 16;
  /** Commands that are answered with these bytes instead. */
  readonly instead = new Map<string, string>();
  server!: FaultyServer;

  static async start(): Promise<RedisStandIn> {
    const redis = new RedisStandIn();
    redis.server = await FaultyServer.start((socket) => redis.#serve(socket));
    return redis;
  }

  get url(): string {
    return `redis://${this.server.host}`;
  }

  #serve(socket: Socket): void {
    let received = '';
    let allowed = this.password === undefined;
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      for (let next = takeCommand(received); next; next = takeCommand(received)) {
        received = next.rest;
        const [name = '', ...args] = next.words;
        if (name.toLowerCase() === 'auth') allowed = this.password === undefined || args.at(-1) === this.password;
        socket.write(allowed ? this.#answer(name.toLowerCase(), args) : refusal(name));
      }
    });
  }

  #answer(name: string, args: readonly string[]): string {
    this.seen.push([name, ...args].join(' '));
    const [key = ''] = args;
    const instead = this.instead.get(name);
    if (instead !== undefined) return instead;
    if (name === 'auth') return '+OK\r\n';
    if (name === 'select') return Number(key) < this.databases ? '+OK\r\n' : '-ERR DB index is out of range\r\n';
    const read = this.#readers[name];
    if (read) return read(this.keys.get(key), args);
    return `-ERR unknown command '${name}', with args beginning with: ${args.map((arg) => `'${arg}' `).join('')}\r\n`;
  }

  readonly #readers: Readonly<Record<string, (held: Held | undefined, args: readonly string[]) => string>> = {
    type: (held) => `+${typeOf(held)}\r\n`,
    llen: (held) => `:${held && 'list' in held ? held.list : 0}\r\n`,
    lindex: (held) => (held && 'list' in held && held.last !== undefined ? bulk(held.last) : '$-1\r\n'),
    zcard: (held) => `:${scoresOf(held).length}\r\n`,
    zcount: (held, [, , most]) => `:${scoresOf(held).filter((score) => score <= Number(most)).length}\r\n`,
    hlen: (held) => `:${held && 'fields' in held ? held.fields.length : 0}\r\n`,
    hexists: (held, [, field = '']) => `:${held && 'fields' in held && held.fields.includes(field) ? 1 : 0}\r\n`,
    xinfo: (_, [, key = '']) => groupsOf(this.keys.get(key)),
    sentinel: (_, [, master = '']) => {
      const address = this.masters.get(master);
      return address === undefined ? '*-1\r\n' : array(address.map(bulk));
    },
  };
}

function typeOf(held: Held | undefined): string {
  if (!held) return 'none';
  if ('list' in held) return 'list';
  if ('stream' in held) return 'stream';
  if ('scores' in held) return 'zset';
  return 'fields' in held ? 'hash' : held.other;
}

function scoresOf(held: Held | undefined): readonly number[] {
  return held && 'scores' in held ? held.scores : [];
}

function groupsOf(held: Held | undefined): string {
  return held && 'stream' in held ? array(held.stream.map(describeGroup)) : '-ERR no such key\r\n';
}

function describeGroup({ name, pending, lag }: Group): string {
  const known = [bulk('name'), bulk(name), bulk('consumers'), ':1\r\n', bulk('pending'), `:${pending}\r\n`];
  if (lag === undefined) return array(known);
  return array([...known, bulk('entries-read'), '$-1\r\n', bulk('lag'), lag === null ? '$-1\r\n' : `:${lag}\r\n`]);
}

function refusal(name: string): string {
  return name.toLowerCase() === 'auth'
    ? '-WRONGPASS invalid username-password pair or user is disabled.\r\n'
    : '-NOAUTH Authentication required.\r\n';
}

function bulk(text: string): string {
  return `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
}

function array(items: readonly string[]): string {
  return `*${items.length}\r\n${items.join('')}`;
}

/** The first whole command in what was received: an array of bulk strings. */
function takeCommand(text: string): { words: string[]; rest: string } | undefined {
  const [head, count] = /^\*(\d+)\r\n/.exec(text) ?? [];
  if (head === undefined) return undefined;
  let at = head.length;
  const words: string[] = [];
  for (let i = 0; i < Number(count); i += 1) {
    const [prefix, length] = /^\$(\d+)\r\n/.exec(text.slice(at)) ?? [];
    if (prefix === undefined) return undefined;
    const end = at + prefix.length + Number(length);
    if (text.length < end + 2) return undefined;
    words.push(text.slice(at + prefix.length, end));
    at = end + 2;
  }
  return { words, rest: text.slice(at) };
}
