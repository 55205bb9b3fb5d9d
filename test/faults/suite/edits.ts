import type { Content, Site } from '../../../sandbox';
import { Dice } from './random';
import type { Edit } from './schedule';
import { addFile, ALL, randomBody, randomBytes, randomLabels, SPACES } from './site';

/** What people do to a site. Returns what was done, `undefined` when there was nothing to do it to. */
export function editSite(site: Site, what: Edit, seed: number): string | undefined {
  const dice = new Dice(seed);
  const current = [...site.contents()].filter(({ status }) => status === 'current');
  const gone = [...site.contents()].filter(({ status }) => status !== 'current');
  const done = DO[what]({ site, dice, current, gone });
  return done === undefined ? undefined : `${what} ${done}`;
}

interface Scene {
  readonly site: Site;
  readonly dice: Dice;
  readonly current: readonly Content[];
  readonly gone: readonly Content[];
}

const DO: Readonly<Record<Edit, (scene: Scene) => string | undefined>> = {
  editPage: ({ site, dice, current }) => on(dice, current, ({ id }) => site.editPage(id, { body: randomBody(dice) })),
  emptyPage: ({ site, dice, current }) => on(dice, current, ({ id }) => site.editPage(id, { body: '' })),
  addPage({ site, dice }) {
    const spaceKey = dice.pick(SPACES);
    const title = `${spaceKey} page of ${dice.seed()}`;
    return site.addPage({ spaceKey, title, body: randomBody(dice), labels: randomLabels(dice) }).id;
  },
  relabel: ({ site, dice, current }) => on(dice, current, ({ id }) => site.setLabels(id, randomLabels(dice))),
  rename: ({ site, dice, current }) => on(dice, current, ({ id }) => site.renamePage(id, `renamed ${dice.seed()}`)),
  trash: ({ site, dice, current }) =>
    on(dice, current, ({ id }) => site.trash(id, { withDescendants: dice.chance(0.3) })),
  restore: ({ site, dice, gone }) => on(dice, gone, ({ id }) => site.restore(id)),
  archive: ({ site, dice, current }) =>
    on(dice, current, ({ id }) => site.archive(id, { withDescendants: dice.chance(0.3) })),
  purge: ({ site, dice, gone }) => on(dice, gone, ({ id }) => site.purge(id)),
  moveWithin({ site, dice, current }) {
    const pages = current.filter(({ type }) => type === 'page');
    return on(dice, pages, (page) => {
      const parents = current.filter((one) => mayBeBelow(site, page, one) && one.spaceKey === page.spaceKey);
      site.movePage(page.id, { parentId: parents.length === 0 || dice.chance(0.2) ? null : dice.pick(parents).id });
    });
  },
  moveAway({ site, dice, current }) {
    return on(dice, current, (page) => {
      const spaceKey = dice.pick(SPACES.filter((key) => key !== page.spaceKey));
      const root = current.find(
        (one) => one.spaceKey === spaceKey && one.labels.includes(ALL) && mayBeBelow(site, page, one),
      );
      site.movePage(
        page.id,
        root !== undefined && dice.chance(0.5) ? { parentId: root.id } : { spaceKey, parentId: null },
      );
    });
  },
  hide: ({ site, dice, current }) => on(dice, current, ({ id }) => site.hide(id)),
  unhide: ({ site, dice, current }) =>
    on(
      dice,
      current.filter(({ restricted }) => restricted),
      ({ id }) => site.unhide(id),
    ),
  addFile: ({ site, dice, current }) => on(dice, current, ({ id }) => addFile(site, id, dice)),
  replaceFile: ({ site, dice, current }) =>
    on(dice, filesOf(site, current), ({ id }) => site.replaceAttachment(id, { bytes: randomBytes(dice) })),
  removeFile: ({ site, dice, current }) => on(dice, filesOf(site, current), ({ id }) => site.removeAttachment(id)),
  hideSpace: ({ site, dice }) => onSpace(dice, (key) => site.setSpaceHidden(key, true)),
  showSpace: ({ site, dice }) => onSpace(dice, (key) => site.setSpaceHidden(key, false)),
  archiveSpace: ({ site, dice }) => onSpace(dice, (key) => site.setSpaceStatus(key, 'archived')),
  unarchiveSpace: ({ site, dice }) => onSpace(dice, (key) => site.setSpaceStatus(key, 'current')),
};

function on<T extends { readonly id: string }>(
  dice: Dice,
  from: readonly T[],
  change: (one: T) => unknown,
): string | undefined {
  if (from.length === 0) return undefined;
  const one = dice.pick(from);
  change(one);
  return one.id;
}

function onSpace(dice: Dice, change: (key: string) => void): string {
  const key = dice.pick(SPACES);
  change(key);
  return key;
}

const filesOf = (site: Site, pages: readonly Content[]) => pages.flatMap(({ id }) => site.attachmentsOf(id));

const mayBeBelow = (site: Site, page: Content, parent: Content): boolean =>
  parent.id !== page.id &&
  parent.type === 'page' &&
  page.type === 'page' &&
  !site.ancestors(parent).some(({ id }) => id === page.id);

/** Everybody sees everything again: what must stand in Unique is certain from here on. */
export function calmSite(site: Site): void {
  for (const key of SPACES) {
    site.setSpaceHidden(key, false);
    site.setSpaceStatus(key, 'current');
  }
  for (const { id, restricted } of [...site.contents()]) if (restricted) site.unhide(id);
}
