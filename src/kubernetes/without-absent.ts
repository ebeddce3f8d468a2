type Present<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** The fields that have a value: our types tell what is absent from what is undefined, foreign data do not. */
export function withoutAbsent<T extends object>(value: T): Present<T> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Present<T>;
}
