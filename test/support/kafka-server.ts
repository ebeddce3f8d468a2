import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ServerProgram } from './server-program.ts';

/** A single node of a real Kafka, broker and controller in one, from its Maven artifacts. */
export function startKafka(): Promise<ServerProgram> {
  const jars = execFileSync('scripts/install-kafka.sh', { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim(); // prettier-ignore
  return ServerProgram.start({
    program: 'sh',
    debianPackage: 'default-jre-headless maven',
    args: ({ port, otherPort, directory }) => {
      const file = join(directory, 'server.properties');
      writeFileSync(file, properties(port, otherPort, directory));
      const java = `java -Xmx256m -cp '${jars}/*'`;
      const format = `${java} kafka.tools.StorageTool format --ignore-formatted -t 4L6g3nShT-eMCtK--X86sw -c ${file}`;
      return ['-c', `${format} && exec ${java} kafka.Kafka ${file}`];
    },
  });
}

function properties(port: number, controllerPort: number, directory: string): string {
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    'log.dirs': join(directory, 'data'),
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
    'auto.create.topics.enable': 'false',
  })
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}
