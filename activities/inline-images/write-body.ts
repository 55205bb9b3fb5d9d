import { imageElement, type ImageAttributes, type ImageMacro } from '../../rules/storage-images';
import type { PlacedImage } from './place-images';
import type { Base64Image } from './read-base64';

/** An image that is there, with its places. */
export interface LoadedImage {
  readonly image: PlacedImage;
  readonly base64: Base64Image;
}

/**
 * The body with the images in their places, as UTF-8. A macro's captions follow its image as they were written; images
 * without a place become paragraphs at the end.
 */
export function writeBody(body: string, images: readonly LoadedImage[]): Buffer {
  const replacements = images
    .flatMap((loaded) => loaded.image.macros.map((macro) => ({ macro, loaded })))
    .sort((a, b) => a.macro.start - b.macro.start);
  const pieces: Buffer[] = [];
  let written = 0;
  for (const { macro, loaded } of replacements) {
    pieces.push(text(body.slice(written, macro.start)), ...element(loaded, macro.attributes), ...captions(body, macro));
    written = macro.end;
  }
  pieces.push(text(body.slice(written)));
  for (const loaded of images) {
    if (loaded.image.macros.length === 0) pieces.push(text('<p>'), ...element(loaded, {}), text('</p>'));
  }
  return Buffer.concat(pieces);
}

function element({ image: { attachment }, base64 }: LoadedImage, attributes: ImageAttributes): readonly Buffer[] {
  const { title: fileName, mediaType = '' } = attachment;
  const { before, after } = imageElement(attributes, { fileName, mediaType });
  return [text(before), ...base64.parts, text(after)];
}

function captions(body: string, macro: ImageMacro): readonly Buffer[] {
  return macro.captions.map(({ start, end }) => text(body.slice(start, end)));
}

const text = (value: string): Buffer => Buffer.from(value, 'utf8');
