import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';

/** Writes src/generated: TypeScript types of the protos, as `@grpc/proto-loader` decodes them with our options. */
rmSync('src/generated', { recursive: true, force: true });
execFileSync(
  'proto-loader-gen-types',
  [
    '--longs=Number',
    '--enums=String',
    '--defaults',
    '--arrays',
    '--objects',
    '--grpcLib=@grpc/grpc-js',
    '--importFileExtension=.ts',
    '--targetFileExtension=.ts',
    '--outDir=src/generated',
    'protos/externalscaler.proto',
    'protos/health.proto',
    'protos/podresources.proto',
  ],
  { stdio: 'inherit' },
);
