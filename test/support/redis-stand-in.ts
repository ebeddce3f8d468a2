import type { Socket } from 'node:net';
import { FaultyServer } from './faulty-server.ts';

interface Group {
  readonly name: string;
  readonly pending: number;
  /** null when Redis can't tell; undefined for a Redis that does not know lag. */
  readonly lag?: number | null | undefined;
}

/** What a stand-in holds under a key. */
type Held = { readonly list: number } | { readonly stream: readonly Group[] } | { readonly other: string };

/** Speaks as much of Redis' protocol as a reader of queues needs. Answers are as Redis 7 gives them. */
export class RedisStandIn {
  readonly keys = new Map<string, Held>();
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
    if (name === 'type') return `+${this.#typeOf(key)}\r\n`;
    if (name === 'llen') return `:${this.#lengthOf(key)}\r\n`;
    if (name === 'xinfo') return this.#groupsOf(args[1] ?? '');
    return `-ERR unknown command '${name}', with args beginning with: ${args.map((arg) => `'${arg}' `).join('')}\r\n`;
  }

  #typeOf(key: string): string {
    const held = this.keys.get(key);
    if (!held) return 'none';
    return 'list' in held ? 'list' : 'stream' in held ? 'stream' : held.other;
  }

  #lengthOf(key: string): number {
    const held = this.keys.get(key);
    return held && 'list' in held ? held.list : 0;
  }

  #groupsOf(key: string): string {
    const held = this.keys.get(key);
    if (!held || !('stream' in held)) return '-ERR no such key\r\n';
    return array(held.stream.map(describeGroup));
  }
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
