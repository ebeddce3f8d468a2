/**
 * Foreign text as it may be shown: its first `max` code points, with `…` behind them where there is more. What is
 * answered is well-formed, whatever was given: half a character would break whoever encodes it, as gRPC and JSON do.
 */
export function cutText(text: string, max: number): string {
  // A code point takes two places at most, and one that is cut here in the middle lies beyond the first `max`.
  const shown = Array.from(text.slice(0, 2 * max))
    .slice(0, max)
    .join('');
  return `${shown}${shown.length < text.length ? '…' : ''}`.toWellFormed();
}
