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
    expect(checkText('', 'pilotlight')).toEqual({ lines: [], failed: false });
    expect(check('kind: ScaledObject\nmetadata: {}\nspec: { triggers: 5 }\n')[0]).toMatch(/^3: error: spec.triggers: /);
  });

  it('finds nothing wrong with the examples, and fails for a file that is not there', async () => {
    const printed: string[] = [];
    const examples = readdirSync('examples').map((name) => `examples/${name}`).filter((path) => readFileSync(path, 'utf8').includes('kind: ScaledObject')); // prettier-ignore
    expect(examples.length).toBeGreaterThan(2);
    expect(await runValidate(examples, { address: 'pilotlight' }, (line) => printed.push(line))).toBe(0);
    expect(printed.filter((line) => line.includes(' error: '))).toEqual([]);
    expect(await runValidate(['examples/none.yaml'], { address: 'pilotlight' }, (line) => printed.push(line))).toBe(1);
    expect(printed.at(-1)).toBe("examples/none.yaml: error: can't be read (ENOENT)");
  });
});
