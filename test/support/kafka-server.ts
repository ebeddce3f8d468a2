import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ServerProgram } from './server-program.ts';

/** Who may ask over the listener with credentials, and the password. */
export const kafkaUser = { username: 'reader', password: 'correct-horse-battery-staple' } as const;

export interface GuardedListener {
  /** Where it listens. */
  readonly port: number;
  /** Where it says that it listens: the port of whatever stands in between. */
  readonly advertisedPort: number;
}

/** A single node of a real Kafka, broker and controller in one, from its Maven artifacts. */
export function startKafka(guarded?: GuardedListener): Promise<ServerProgram> {
  const jars = execFileSync('scripts/install-kafka.sh', { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim(); // prettier-ignore
  return ServerProgram.start({
    program: 'sh',
    debianPackage: 'default-jre-headless maven',
    args: ({ port, otherPort, directory }) => {
      const file = join(directory, 'server.properties');
      const settings = { ...properties(port, otherPort, directory), ...(guarded ? guardedProperties(port, otherPort, guarded) : {}) }; // prettier-ignore
      writeFileSync(file, Object.entries(settings).map(([key, value]) => `${key}=${value}\n`).join('')); // prettier-ignore
      const java = `java -Xmx256m -cp '${jars}/*'`;
      const user = `SCRAM-SHA-512=[name=${kafkaUser.username},password=${kafkaUser.password}]`;
      const format = `${java} kafka.tools.StorageTool format --ignore-formatted -t 4L6g3nShT-eMCtK--X86sw -c ${file} --add-scram '${user}'`;
      return ['-c', `${format} && exec ${java} kafka.Kafka ${file}`];
    },
  });
}

type Properties = Readonly<Record<string, string>>;

function properties(port: number, controllerPort: number, directory: string): Properties {
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,GUARDED:SASL_PLAINTEXT',
    'log.dirs': join(directory, 'data'),
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
    'auto.create.topics.enable': 'false',
  };
}

/** A second listener, which asks for credentials. */
function guardedProperties(port: number, controllerPort: number, guarded: GuardedListener): Properties {
  return {
    listeners: `PLAINTEXT://127.0.0.1:${port},GUARDED://127.0.0.1:${guarded.port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port},GUARDED://127.0.0.1:${guarded.advertisedPort}`,
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.name.guarded.sasl.enabled.mechanisms': 'SCRAM-SHA-512',
    'listener.name.guarded.scram-sha-512.sasl.jaas.config':
      'org.apache.kafka.common.security.scram.ScramLoginModule required;',
  };
}
