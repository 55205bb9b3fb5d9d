/** The two labels that say what is synced. */
export interface SyncLabels {
  readonly single: string;
  readonly all: string;
}

/** Confluence stores labels in lower case; a configured label in capitals means the same one. */
export function hasLabel(labels: readonly string[], label: string): boolean {
  const wanted = label.toLowerCase();
  return labels.some((one) => one.toLowerCase() === wanted);
}

/** A page's labels as its content carries them: sorted, without the two that only steer the sync. */
export function metadataLabels(labels: readonly string[], sync: SyncLabels): readonly string[] {
  const steering = [sync.single.toLowerCase(), sync.all.toLowerCase()];
  return labels.filter((label) => !steering.includes(label.toLowerCase())).sort();
}
