import { format, resolveConfig } from 'prettier';

/** A page as the project's formatter leaves it, so that a written one passes the checks. */
export async function formatPage(file: string, text: string): Promise<string> {
	return await format(text, { ...(await resolveConfig(file)), filepath: file });
}
