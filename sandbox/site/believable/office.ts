import { zip } from './zip';

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006';
const WORD = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main';
const SHEET = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const SLIDES = 'http://schemas.openxmlformats.org/presentationml/2006/main';
const DRAWING = 'http://schemas.openxmlformats.org/drawingml/2006/main';

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
