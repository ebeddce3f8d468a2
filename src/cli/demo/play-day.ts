import { pause } from '../../domain/clock.ts';
import type { Clock } from '../../domain/clock.ts';
import { systemClock } from '../../program/system-clock.ts';
import { startKeda } from '../../simulator/keda.ts';
import { endMs, scalerMetadata } from './business-day.ts';
import { scaledObject } from './cluster.ts';
import type { DemoCluster } from './cluster.ts';
import { askReason } from './diary.ts';
import type { Diary } from './diary.ts';
import type { DemoPrograms } from './programs.ts';
import { drawScene } from './view.ts';

interface Stage {
  readonly clock: Clock;
  readonly cluster: DemoCluster;
  readonly diary: Diary;
  readonly programs: DemoPrograms;
  readonly speed: number;
  readonly live: boolean;
  readonly stop: AbortSignal;
}

/** How often the cluster moves on, in real time; every so many moves the scaler is asked why, and the screen drawn. */
const tickRealMs = 15;
const ticksPerQuestion = 2;
const ticksPerDrawing = 8;
const clearScreen = '\u001b[2J\u001b[H';

/** KEDA and the HPA as they are by default, but for their pace: half a minute of the day passes in a sixtieth of a second. */
const pretendScaledObject = {
  ...scaledObject,
  triggerType: 'external-push',
  metadata: scalerMetadata,
  idleReplicaCount: 0,
  minReplicaCount: 1,
  maxReplicaCount: 8,
  pollingIntervalMs: 60_000,
  hpaSyncIntervalMs: 60_000,
} as const;

/** Lets KEDA and the HPA act on the scaler's answers until the day is over, and keeps the diary. */
export async function playDay(stage: Stage): Promise<void> {
  const { clock, cluster, diary, stop } = stage;
  const keda = startKeda({
    address: stage.programs.scalerAddress,
    clock,
    scaledObjects: [pretendScaledObject],
    readReplicas: () => cluster.deployment.replicas,
    applyReplicas: (_ref, replicas) => cluster.scaleTo(replicas),
    onEvent: (event) => {
      if (event.kind === 'scaled') diary.scaled(event, clock.nowMs());
    },
  });
  try {
    for (let tick = 0; clock.nowMs() < endMs && !stop.aborted; tick += 1) {
      cluster.advance();
      if (tick % ticksPerQuestion === 0) await look(stage);
      if (stage.live && tick % ticksPerDrawing === 0) draw(stage);
      await pause(systemClock, tickRealMs, stop);
    }
  } finally {
    await keda.stop();
  }
}

async function look({ clock, cluster, diary, programs }: Stage): Promise<void> {
  const reason = await askReason(programs.scalerUrl, scaledObject);
  const nowMs = clock.nowMs();
  if (reason) diary.decided(reason, nowMs);
  diary.note(cluster, nowMs);
}

function draw({ clock, cluster, diary, speed }: Stage): void {
  const scene = {
    now: diary.moments.at(-1) ?? diary.note(cluster, clock.nowMs()),
    loading: cluster.deployment.count('loading') + cluster.deployment.count('pending'),
    running: cluster.running,
    gpuUtilization: cluster.gpuUtilization,
    speed,
    events: diary.events,
    columns: process.stdout.columns,
  };
  process.stdout.write(clearScreen + drawScene(scene, diary.moments));
}
