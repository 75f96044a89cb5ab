/** What comes into the nodes, by name. */
export interface InputItem {
	json: Record<string, unknown>;
	/** Files: name of the field → the file. */
	files?: Record<string, { fileName?: string; mimeType: string; base64: string }>;
}

const BYTES_0_TO_255 = Buffer.from(Uint8Array.from({ length: 256 }, (_, i) => i)).toString(
	'base64',
);

const base64 = (text: string): string => Buffer.from(text).toString('base64');

export const INPUTS: Record<string, InputItem[]> = {
	one: [{ json: { id: 1, name: 'Zoë', note: 'a "quoted" line', tags: ['x', 'y'], empty: '' } }],
	three: [
		{ json: { id: 1, name: 'one' } },
		{ json: { id: 2, name: 'two' } },
		{ json: { id: 3, name: 'three' } },
	],
	none: [],
	files: [
		{
			json: { id: 1 },
			files: {
				text: { fileName: 'note.txt', mimeType: 'text/plain', base64: base64('plain text\n') },
				bytes: {
					fileName: 'all bytes.bin',
					mimeType: 'application/octet-stream',
					base64: BYTES_0_TO_255,
				},
				unicode: { fileName: 'Zoë "1".csv', mimeType: 'text/csv', base64: base64('ä;ö\n') },
				unnamed: { mimeType: 'image/png', base64: base64('\u0089PNG') },
				empty: { fileName: 'empty.txt', mimeType: 'text/plain', base64: '' },
				large: {
					fileName: 'large.txt',
					mimeType: 'text/plain',
					base64: base64('n8n '.repeat(50_000)),
				},
			},
		},
	],
	// The second item has what the others lack.
	uneven: [
		{ json: { id: 1, path: 'one' } },
		{ json: { id: 2 } },
		{ json: { id: 3, path: 'three' } },
	],
};
