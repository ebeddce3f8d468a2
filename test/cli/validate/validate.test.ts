import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkText, runValidate } from '../../../src/cli/validate/validate.ts';

function manifest(spec: string, metadata: string): string {
  return `apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: llama, namespace: inference }
spec:
${spec}  triggers:
    - type: external-push
      metadata:
        scalerAddress: pilotlight-scaler.pilotlight:6000
${metadata}`;
}

const sound = `        queueFrom: jobs
        queueKey: waiting
        queueTarget: '5'
`;
const check = (text: string): readonly string[] => checkText(text, 'pilotlight').lines;
const note = "cooldownPeriod: is KEDA's 5 minutes, which come on top of idleAfter before it goes to zero";

describe('validate', () => {
  it('tells errors of metadata with their line', () => {
    const { lines, failed } = checkText(manifest('  cooldownPeriod: 60\n', sound.replace("'5'", 'many')), 'pilotlight');
    expect(lines).toEqual([
      '12: error: inference/llama: queueTarget: "many" is not a number above 0 and up to 1000000000, such as 5 or 0.5',
    ]);
    expect(failed).toBe(true);
  });

  it('passes what is sound, with a note on what KEDA adds', () => {
    expect(checkText(manifest('', sound), 'pilotlight')).toEqual({
      lines: [`4: note: inference/llama: ${note}`],
      failed: false,
      found: 1,
    });
  });

  it('says which values lack quotes', () => {
    expect(check(manifest('  cooldownPeriod: 60\n', sound.replace("'5'", '5')))).toEqual([
      '12: error: inference/llama: queueTarget: KEDA takes texts only; write queueTarget: "5"',
    ]);
  });

  it.each([
    [
      '  idleReplicaCount: 1\n  minReplicaCount: 2\n  cooldownPeriod: 60\n',
      '5: error: inference/llama: idleReplicaCount: 1 makes KEDA go back and forth; it supports 0 only',
    ],
    [
      '  idleReplicaCount: 0\n  cooldownPeriod: 60\n',
      '5: error: inference/llama: idleReplicaCount: has to be below minReplicaCount, which is 0; leave it out, or write minReplicaCount: 1',
    ],
  ])('refuses counts that KEDA makes nothing of: %j', (spec, line) => {
    expect(check(manifest(spec, sound))).toEqual([line]);
  });

  it('warns of closed hours that other triggers, or minReplicaCount, keep open', () => {
    const closed = `${sound}        timezone: UTC\n        businessHours: 'Mon-Fri 08:00-20:00'\n        offHours: closed\n    - type: cpu\n      metadata: { value: '50' }\n`;
    expect(check(manifest('  minReplicaCount: 1\n', closed))).toEqual([
      expect.stringMatching(/^6: warning: inference\/llama: other triggers beside this one can only add/),
      '5: warning: inference/llama: minReplicaCount: 1 keeps that many in closed hours too; add idleReplicaCount: 0',
    ]);
  });

  it('warns of a cooldown that never comes, where nothing goes to zero', () => {
    expect(check(manifest('  minReplicaCount: 2\n  cooldownPeriod: 360\n', sound))).toEqual([
      '6: warning: inference/llama: cooldownPeriod: 360 has no effect: it delays going to zero alone, and minReplicaCount keeps 2; to scale in more slowly write advanced.horizontalPodAutoscalerConfig.behavior.scaleDown.stabilizationWindowSeconds',
    ]);
    expect(check(manifest('  minReplicaCount: 2\n  idleReplicaCount: 0\n  cooldownPeriod: 360\n', sound))).toEqual([]);
  });

  it('refuses a metricType that makes no sense', () => {
    const text = manifest('  cooldownPeriod: 60\n', sound).replace(
      'external-push\n',
      'external-push\n      metricType: Value\n',
    );
    expect(check(text)).toEqual([
      '8: error: inference/llama: metricType: "Value" makes no sense of a number of replicas; write AverageValue, or leave it out',
    ]);
  });

  it('reads all documents, leaves others alone, and says what is no YAML', () => {
    const other = 'kind: Deployment\nspec: { replicas: 1 }\n';
    const elsewhere = manifest('', sound).replace('pilotlight-scaler.pilotlight', 'other.scaler');
    expect(check([other, elsewhere, manifest('', sound)].join('---\n'))).toHaveLength(1);
    expect(checkText('a: [1\n', 'pilotlight')).toMatchObject({ failed: true });
    expect(checkText('', 'pilotlight')).toEqual({ lines: [], failed: false, found: 0 });
  });

  it.each([
    ['metadata: {}\nspec: { triggers: 5 }', '3: error: spec.triggers: has to be a list, and is a number'],
    [
      'metadata: {}\nspec: { minReplicaCount: "2" }',
      '3: error: spec.minReplicaCount: has to be a number; write minReplicaCount: 2, without quotes',
    ],
    ['metadata: {}\nspec: { triggers: [{}] }', '3: error: spec.triggers.0.type: is missing; it has to be a text'],
    ['metadata: x\nspec: {}', '2: error: metadata: has to be a map, and is a text'],
    ['spec: {}', '1: error: metadata: is missing; it has to be a map'],
  ])('says what the form of a ScaledObject lacks: %j', (text, line) => {
    expect(check(`kind: ScaledObject\n${text}\n`)).toEqual([line]);
  });

  it('tells the errors of values that lack quotes as well, and what is no value', () => {
    const lines = check(manifest('  cooldownPeriod: 60\n', sound.replace("'5'", '0\n        idleAfter: { a: 1 }')));
    expect(lines.map((line) => line.replace(/^\d+: error: inference\/llama: /, ''))).toEqual([
      'queueTarget: KEDA takes texts only; write queueTarget: "0"',
      'idleAfter: KEDA takes texts only; this is a map',
      expect.stringMatching(/^queueTarget: a target of 0 would ask for endless replicas/),
      'idleAfter: "{\\"a\\":1}" is not a duration such as "90s", "10m" or "1h30m", up to 1d',
    ]);
  });

  it('refuses a type without an address, and a minimum above the maximum', () => {
    const text = manifest('  cooldownPeriod: 60\n  minReplicaCount: 0\n', sound);
    expect(check(text.replace('type: external-push', 'type: extrenal-push'))).toEqual([
      '8: error: inference/llama: type: "extrenal-push" has no scalerAddress; write external-push (or external, which is heard only when KEDA polls)',
    ]);
    expect(
      check(
        text
          .replace('minReplicaCount: 0', 'minReplicaCount: 0\n  maxReplicaCount: 3')
          .replace('minReplicaCount: 0', 'minReplicaCount: 5\n  idleReplicaCount: 0'),
      ),
    ).toEqual([
      '6: error: inference/llama: minReplicaCount: 5 is above maxReplicaCount, which is 3; lower the one or raise the other',
    ]);
  });

  it('says where it found nothing to check', async () => {
    const printed: string[] = [];
    expect(await runValidate(['package.json'], { address: 'pilotlight' }, (line) => printed.push(line))).toBe(0);
    expect(printed).toEqual([
      'package.json: note: has no ScaledObject with a trigger whose scalerAddress contains "pilotlight"',
    ]);
  });

  it('finds nothing wrong with the examples, and fails for a file that is not there', async () => {
    const printed: string[] = [];
    const examples = readdirSync('examples').map((name) => `examples/${name}`).filter((path) => readFileSync(path, 'utf8').includes('kind: ScaledObject')); // prettier-ignore
    expect(examples.length).toBeGreaterThan(2);
    expect(await runValidate(examples, { address: 'pilotlight' }, (line) => printed.push(line))).toBe(0);
    expect(printed.filter((line) => line.includes(' error: '))).toEqual([]);
    expect(await runValidate(['examples/none.yaml'], { address: 'pilotlight' }, (line) => printed.push(line))).toBe(1);
    expect(await runValidate(['examples'], { address: 'pilotlight' }, (line) => printed.push(line))).toBe(1);
    expect(printed.pop()).toBe("examples: error: can't be read: it is a folder; name the files in it");
    expect(printed.at(-1)).toBe("examples/none.yaml: error: can't be read: there is no such file");
  });
});
