import type { NewContent, Site } from '../site';

const BEGINNING = Date.UTC(2026, 2, 2, 8, 30);
const WORKING_STEP_MS = 97 * 60_000 + 13_217;

/** Writes pages one after the other, each some time after the one before, always at the same moments. */
export class Author {
  private moment = BEGINNING;

  constructor(private readonly site: Site) {}

  /** When the next thing happens, in milliseconds since the epoch. */
  nextMoment(): number {
    this.moment += WORKING_STEP_MS;
    return this.moment;
  }

  /** A way to write pages of one space; gives the page's id. */
  writesIn(spaceKey: string): (page: Omit<NewContent, 'spaceKey' | 'when'>) => string {
    return (page) => this.site.addPage({ ...page, spaceKey, when: this.nextMoment() }).id;
  }
}
