import { headerValue, type ResponseHead } from '../../../http/message';
import type { ResponseFormat, ResponseOptions } from '../request/options';

/** Content types that n8n's HTTP Request node takes for files. */
const FILE_TYPES = [
	'image/',
	'audio/',
	'video/',
	'application/octet-stream',
	'application/gzip',
	'application/zip',
	'application/vnd.rar',
	'application/epub+zip',
	'application/x-bzip',
	'application/x-bzip2',
	'application/x-cdf',
	'application/vnd.amazon.ebook',
	'application/msword',
	'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
	'application/vnd.ms-fontobject',
	'application/vnd.oasis.opendocument.presentation',
	'application/pdf',
	'application/x-tar',
	'application/vnd.visio',
	'application/vnd.ms-excel',
	'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
	'application/x-7z-compressed',
];

/** The form in which a response is read: as told, else by its content type. */
export function effectiveFormat(
	head: ResponseHead,
	{ format }: ResponseOptions,
): Exclude<ResponseFormat, 'autodetect'> {
	if (format !== 'autodetect') return format;
	const contentType = headerValue(head, 'content-type') ?? '';
	if (contentType.includes('application/json')) return 'json';
	return FILE_TYPES.some((type) => contentType.includes(type)) ? 'file' : 'text';
}
