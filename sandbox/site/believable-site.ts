import type { Flavor } from '../switches';
import { Author } from './believable/author';
import { addEngineering } from './believable/engineering';
import { addKnowledge } from './believable/knowledge';
import { addPeople } from './believable/people';
import { Site } from './site';

/**
 * A small company's site, the same at every start: three spaces with trees, labels, a blog post, files of many kinds,
 * and a personal space whose labelled page nobody may sync.
 */
export function believableSite(flavor: Flavor): Site {
  const site = new Site();
  const author = new Author(site);
  addEngineering(site, author, flavor);
  addPeople(site, author, flavor);
  addKnowledge(site, author, flavor);
  const key = flavor === 'cloud' ? '~712020a1b2c3d4' : '~ada';
  site.addSpace({ key, name: 'Ada Example', type: 'personal' });
  author.writesIn(key)({ title: 'My notes', labels: ['ai-ingest'], body: '<p>Private.</p>' });
  return site;
}
