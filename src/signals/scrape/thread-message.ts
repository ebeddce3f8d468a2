import type { ScrapeAnswer, ScrapeRequest } from './scraper.ts';

/** What is said to the thread that reads pods. */
export type Order =
  | { readonly id: number; readonly request: ScrapeRequest }
  /** Nobody waits for this one any more. */
  | { readonly id: number; readonly request?: undefined };

/** What it answers. */
export type Report =
  | { readonly id: number; readonly answer: ScrapeAnswer; readonly reason?: undefined }
  | { readonly id: number; readonly reason: string };
