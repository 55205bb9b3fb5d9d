import { deflateSync } from 'node:zlib';
import { crc32 } from './crc32';
import { zip } from './zip';

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006';
const WORD = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main';
const SHEET = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const SLIDES = 'http://schemas.openxmlformats.org/presentationml/2006/main';
const DRAWING = 'http://schemas.openxmlformats.org/drawingml/2006/main';

/** A PDF of one page with one line of text (ASCII). */
export function pdf(text: string): Buffer {
  const stream = `BT /F1 18 Tf 72 720 Td (${text.replace(/[()\\]/g, '\\$&')}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let body = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const offset = body.length;
    body += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(offset).padStart(10, '0')} 00000 n \n`;
  });
  const size = objects.length + 1;
  const table = `xref\n0 ${size}\n0000000000 65535 f \n${offsets.join('')}`;
  return Buffer.from(`${body}${table}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF\n`);
}

/** A Word document with one paragraph for each text. */
export function docx(...paragraphs: readonly string[]): Buffer {
  const body = paragraphs.map((text) => `<w:p><w:r><w:t>${escapeXml(text)}</w:t></w:r></w:p>`).join('');
  const document = `<w:document xmlns:w="${WORD}"><w:body>${body}</w:body></w:document>`;
  return officeFile('word/document.xml', 'wordprocessingml.document.main', document);
}

/** An Excel workbook with one sheet of texts. */
export function xlsx(rows: readonly (readonly string[])[]): Buffer {
  const cells = rows.map((row) => {
    const columns = row.map((text) => `<c t="inlineStr"><is><t>${escapeXml(text)}</t></is></c>`).join('');
    return `<row>${columns}</row>`;
  });
  const sheet = `<worksheet xmlns="${SHEET}"><sheetData>${cells.join('')}</sheetData></worksheet>`;
  const book = `<workbook xmlns="${SHEET}" xmlns:r="${OFFICE}/relationships"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>`;
  return officeFile('xl/workbook.xml', 'spreadsheetml.sheet.main', book, {
    name: 'xl/worksheets/sheet1.xml',
    contentType: 'spreadsheetml.worksheet',
    relation: 'worksheet',
    target: 'worksheets/sheet1.xml',
    xml: sheet,
  });
}

/** A PowerPoint presentation with one slide that shows a text. */
export function pptx(text: string): Buffer {
  const names = `xmlns:a="${DRAWING}" xmlns:p="${SLIDES}" xmlns:r="${OFFICE}/relationships"`;
  const shape = `<p:sp><p:nvSpPr><p:cNvPr id="2" name="Text"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:p><a:r><a:t>${escapeXml(text)}</a:t></a:r></a:p></p:txBody></p:sp>`;
  const tree = `<p:spTree><p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>${shape}</p:spTree>`;
  const presentation = `<p:presentation ${names}><p:sldIdLst><p:sldId id="256" r:id="rId1"/></p:sldIdLst><p:sldSz cx="9144000" cy="6858000"/><p:notesSz cx="6858000" cy="9144000"/></p:presentation>`;
  return officeFile('ppt/presentation.xml', 'presentationml.presentation.main', presentation, {
    name: 'ppt/slides/slide1.xml',
    contentType: 'presentationml.slide',
    relation: 'slide',
    target: 'slides/slide1.xml',
    xml: `<p:sld ${names}><p:cSld>${tree}</p:cSld></p:sld>`,
  });
}

/** A PNG of one colour (0xRRGGBB). */
export function png(width: number, height: number, colour: number): Buffer {
  const pixel = [(colour >> 16) & 255, (colour >> 8) & 255, colour & 255];
  const line = Buffer.from([0, ...Array.from({ length: width }, () => pixel).flat()]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const pixels = deflateSync(Buffer.concat(Array.from({ length: height }, () => line)));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** A further part of an office file, to which its main part refers. */
interface OfficePart {
  readonly name: string;
  readonly contentType: string;
  readonly relation: string;
  readonly target: string;
  readonly xml: string;
}

function officeFile(name: string, contentType: string, xml: string, part?: OfficePart): Buffer {
  const override = (path: string, type: string) =>
    `<Override PartName="/${path}" ContentType="application/vnd.openxmlformats-officedocument.${type}+xml"/>`;
  const overrides = override(name, contentType) + (part ? override(part.name, part.contentType) : '');
  const types = `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${overrides}</Types>`;
  const entries = [
    entry('[Content_Types].xml', types),
    entry('_rels/.rels', relationship('officeDocument', name)),
    entry(name, xml),
  ];
  if (!part) return zip(entries);
  const folder = name.slice(0, name.lastIndexOf('/'));
  const relations = `${folder}/_rels/${name.slice(folder.length + 1)}.rels`;
  return zip([...entries, entry(relations, relationship(part.relation, part.target)), entry(part.name, part.xml)]);
}

function relationship(type: string, target: string): string {
  const one = `<Relationship Id="rId1" Type="${OFFICE}/relationships/${type}" Target="${target}"/>`;
  return `<Relationships xmlns="${PACKAGE}/relationships">${one}</Relationships>`;
}

function entry(name: string, xml: string) {
  return { name, bytes: Buffer.from(XML + xml) };
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
