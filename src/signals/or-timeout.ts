/** What `work` gives, or an error that says that `who` did not answer in time as soon as `deadline` is aborted. */
export async function orTimeout<T>(work: Promise<T>, deadline: AbortSignal, who: string): Promise<T> {
  const late = Promise.withResolvers<never>();
  const onAbort = (): void => late.reject(new Error(`${who} did not answer in time`));
  if (deadline.aborted) onAbort();
  deadline.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    deadline.removeEventListener('abort', onAbort);
  }
}
