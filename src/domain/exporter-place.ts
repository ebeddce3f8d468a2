/** Where the exporter of one node is. */
export type ExporterPlace =
  | { readonly state: 'found'; readonly url: URL }
  /** The cluster was heard, and no exporter runs on that node. */
  | { readonly state: 'none'; readonly reason: string }
  /** It can't be told where it is, or whether there is one. */
  | { readonly state: 'unknown'; readonly reason: string };

/** Knows which exporter is on which node. Answers from memory; whoever implements it keeps that memory up to date. */
export interface ExporterDirectory {
  find(node: string): ExporterPlace;
}
