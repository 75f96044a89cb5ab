import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { escapeRegExp } from 'es-toolkit';
import ts from 'typescript';
import { expect, it } from 'vitest';

const ROOT = dirname(import.meta.dirname);
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

const typeScriptIn = (folder: string) =>
	readdirSync(join(ROOT, folder), { encoding: 'utf8', recursive: true })
		.filter((file) => file.endsWith('.ts'))
		.map((file) => join(folder, file));

/** In the page and here: any text. */
const ANY = '…';

const toPattern = (message: string) =>
	new RegExp(`^${message.split(ANY).map(escapeRegExp).join('.*')}$`);

/** The first column of the page's tables. */
function listedMessages(): string[] {
	const rows = read('docs/troubleshooting.md').matchAll(/^\| (.+?) +\|/gm);
	return [...rows].flatMap(([, cell = '']) => cell.split('; '));
}

/** What an expression may give, with `…` for what is inserted; nothing where the text is made elsewhere. */
function textsOf(node: ts.Expression): string[] {
	if (ts.isConditionalExpression(node)) return [node.whenTrue, node.whenFalse].flatMap(textsOf);
	if (ts.isStringLiteralLike(node)) return [node.text];
	if (!ts.isTemplateExpression(node)) return [];
	return [
		[node.head, ...node.templateSpans.map(({ literal }) => literal)]
			.map(({ text }) => text)
			.join(ANY),
	];
}

/** The messages of the errors that this file throws. */
function messagesIn(file: string): string[] {
	const found: string[] = [];
	const visit = (node: ts.Node): void => {
		const isError =
			ts.isNewExpression(node) && /^(Token|Input)Error$/.test(node.expression.getText(source));
		if (isError) found.push(...(node.arguments ?? []).slice(0, 1).flatMap(textsOf));
		ts.forEachChild(node, visit);
	};
	const source = ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest);
	visit(source);
	return found;
}

it('lists the message of every error that is thrown where its text is written', () => {
	const listed = listedMessages();
	const isListed = (message: string) =>
		listed.some((other) => toPattern(other).test(message) || toPattern(message).test(other));
	const messages = ['credentials', 'nodes', 'n8n', 'oauth']
		.flatMap(typeScriptIn)
		.flatMap(messagesIn);
	expect(messages.filter((message) => !isListed(message))).toEqual([]);
});

it('lists the messages of a token that is not to be had', () => {
	const patterns = listedMessages().map(toPattern);
	const messages = [...read('test/oauth/errors/errorTexts.txt').matchAll(/\]\n {4}(.+)/g)].map(
		([, message = '']) => message,
	);
	expect(messages.filter((message) => !patterns.some((p) => p.test(message)))).toEqual([]);
});
