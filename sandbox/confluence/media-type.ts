const DESCRIPTIONS: Readonly<Record<string, string>> = {
  'application/pdf': 'PDF Document',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'Microsoft Word Document',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'Microsoft Excel Spreadsheet',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'Microsoft Powerpoint Presentation',
  'application/zip': 'Zip Archive',
  'image/jpeg': 'JPEG Image',
  'image/png': 'PNG Image',
  'text/csv': 'CSV File',
  'text/html': 'HTML Document',
  'text/plain': 'Text File',
};

/** How Cloud names a media type for people. */
export function mediaTypeDescription(mediaType: string): string {
  return DESCRIPTIONS[mediaType] ?? 'File';
}
