const objectName = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;
const groupVersion = /^(?:[a-z0-9.-]+\/)?v[a-z0-9]+$/;

/** Whether an object can have this name. Names come from outside and become part of a path, so nothing else may pass. */
export function isObjectName(text: string): boolean {
  return objectName.test(text);
}

/** Whether this can be an `apiVersion`: `v1`, `apps/v1`. */
export function isGroupVersion(text: string): boolean {
  return groupVersion.test(text);
}
