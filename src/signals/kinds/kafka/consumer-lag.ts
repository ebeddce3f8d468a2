import type { Admin } from '@platformatic/kafka';
import { cut } from '../../reasons.ts';
import type { Measurement } from '../../source.ts';
import { absent, counted } from '../measurement.ts';

/** What the protocol calls the two ends of a partition when it is asked for offsets. */
const latest = -1n;
const earliest = -2n;

export interface LagQuestion {
  readonly topic: string;
  readonly group: string;
  /** Where the group's consumers begin in a partition in which they have committed nothing. */
  readonly start: 'earliest' | 'latest' | undefined;
}

type Offsets = ReadonlyMap<number, bigint>;

/**
 * How many messages of a topic a consumer group has not committed, over all partitions. More replicas than there are
 * partitions would find nothing to do, which the measurement says.
 */
export async function readLag(admin: Admin, question: LagQuestion): Promise<Measurement> {
  const { topic, group, start } = question;
  const partitions = await listPartitions(admin, topic);
  // In this order: what is committed in between makes the lag too large for a moment, and never negative.
  const committed = await listCommitted(admin, question, partitions);
  const ends = await listOffsets(admin, topic, partitions, latest);
  const uncommitted = partitions.filter((partition) => !committed.has(partition));
  if (uncommitted.length > 0 && start === undefined) return absent(describeUncommitted(question, uncommitted.length, partitions.length)); // prettier-ignore
  const starts = uncommitted.length > 0 && start === 'earliest' ? await listOffsets(admin, topic, uncommitted, earliest) : ends; // prettier-ignore
  const lags = partitions.map((partition) => lagOf(partition, committed.get(partition) ?? starts.get(partition), ends));
  if (lags.some((one) => one < 0)) return absent(describeBeyond(question));
  const sum = lags.reduce((total, one) => total + one, 0);
  const lag = counted(sum, `the lag of group "${cut(group)}" in topic "${cut(topic)}"`);
  return lag.state === 'absent' ? lag : { ...lag, mostReplicas: partitions.length };
}

function lagOf(partition: number, from: bigint | undefined, ends: Offsets): number {
  const end = ends.get(partition);
  return from === undefined || end === undefined ? NaN : Number(end - from);
}

async function listPartitions(admin: Admin, topic: string): Promise<number[]> {
  const { topics } = await admin.metadata({ topics: [topic], forceUpdate: true, autocreateTopics: false });
  const { partitions = [] } = topics.get(topic) ?? {};
  if (partitions.length === 0) throw new Error(`Kafka has no topic "${cut(topic)}"`);
  return partitions.map((_, partition) => partition);
}

async function listCommitted(admin: Admin, { topic, group }: LagQuestion, partitions: number[]): Promise<Offsets> {
  const topics = [{ name: topic, partitionIndexes: partitions }];
  const groups = await admin.listConsumerGroupOffsets({ groups: [{ groupId: group, topics }] });
  const known = groups.flatMap((one) => one.topics).filter(({ name }) => name === topic);
  const offsets = known.flatMap((one) => one.partitions.map((part) => [part.partitionIndex, part.committedOffset] as const)); // prettier-ignore
  return new Map(offsets.filter(([, offset]) => offset >= 0n));
}

async function listOffsets(admin: Admin, topic: string, partitions: number[], timestamp: bigint): Promise<Offsets> {
  const wanted = partitions.map((partitionIndex) => ({ partitionIndex, timestamp }));
  const topics = await admin.listOffsets({ topics: [{ name: topic, partitions: wanted }] });
  return new Map(topics.flatMap((one) => one.partitions.map(({ partitionIndex, offset }) => [partitionIndex, offset] as const))); // prettier-ignore
}

function describeUncommitted({ topic, group }: LagQuestion, count: number, all: number): string {
  return (
    `group "${cut(group)}" has committed nothing in ${count} of ${all} partitions of "${cut(topic)}"; ` +
    'say with queueMode where its consumers begin: earliest or latest'
  );
}

function describeBeyond({ topic, group }: LagQuestion): string {
  return `group "${cut(group)}" has committed more than topic "${cut(topic)}" holds; was the topic made anew?`;
}
