/**
 * How `<signal>Key` is to be read, where the connection can't see that by itself: whose queue it is in Redis, where a Kafka
 * consumer begins that has committed nothing yet, whether delayed messages count.
 */
export const keyModes = [
  'bullmq',
  'celery',
  'due-seconds',
  'due-milliseconds',
  'earliest',
  'latest',
  'with-delayed',
] as const;

export type KeyMode = (typeof keyModes)[number];
