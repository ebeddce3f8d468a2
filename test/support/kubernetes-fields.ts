import * as client from '@kubernetes/client-node';

interface Attribute {
  readonly baseName: string;
  readonly type: string;
}

/**
 * Fields of a Kubernetes object that the API does not know, as paths: `spec.template.spec.containers[0].livenesProbe`. The
 * client library's models stand for the API. Empty for a kind that the library has no model of.
 */
export function unknownFields(kind: string, object: unknown): readonly string[] {
  return unknownIn(`V1${kind}`, object, '');
}

function unknownIn(type: string, value: unknown, path: string): readonly string[] {
  const list = /^Array<(.*)>$/.exec(type)?.[1];
  if (list !== undefined) {
    if (!Array.isArray(value)) return [`${path} (not a list)`];
    return value.flatMap((entry, index) => unknownIn(list, entry, `${path}[${index}]`));
  }
  const attributes = attributesOf(type);
  if (!attributes) return typeof value === type || !isPrimitive(type) ? [] : [`${path} (not a ${type})`];
  if (typeof value !== 'object' || value === null) return [`${path} (not an object)`];
  return Object.entries(value).flatMap(([key, child]) => {
    const at = path === '' ? key : `${path}.${key}`;
    const attribute = attributes.find(({ baseName }) => baseName === key);
    return attribute ? unknownIn(attribute.type, child, at) : [at];
  });
}

function attributesOf(type: string): readonly Attribute[] | undefined {
  const model = (client as unknown as Record<string, { attributeTypeMap?: readonly Attribute[] } | undefined>)[type];
  return model?.attributeTypeMap;
}

function isPrimitive(type: string): boolean {
  return ['string', 'number', 'boolean'].includes(type);
}
