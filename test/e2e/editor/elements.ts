import type { Locator, Page } from 'playwright-core';

/** How long n8n may take to draw what it was asked for, while other processes keep the machine busy. */
export const PATIENCE_MS = 30_000;

/** n8n takes over what is typed once nothing more has come for a moment. */
const TAKEN_OVER_MS = 500;

/** An element by the name that n8n 2.41 gives it for its own tests. */
export function byId(within: Page | Locator, id: string): Locator {
	return within.locator(`[data-test-id="${id}"]`);
}

/** The value of a parameter, of a node or of a credential. */
export function parameter(within: Page | Locator, name: string): Locator {
	return byId(within, `parameter-input-${name}`);
}

/** Replaces what is in a parameter's field, key by key. */
export async function type(within: Page | Locator, name: string, text: string): Promise<void> {
	const input = parameter(within, name).locator('input').first();
	await input.fill('');
	await input.pressSequentially(text);
	await input.page().waitForTimeout(TAKEN_OVER_MS);
}

/** Turns a switch from one side to the other. */
export async function toggle(within: Page | Locator, name: string): Promise<void> {
	await parameter(within, name).locator('.el-switch').click();
}

/** Chooses from a list that drops down. */
export async function choose(list: Locator, option: string): Promise<void> {
	await list.click();
	const page = list.page();
	// A description may stand below its name.
	const options = page
		.getByRole('option', { name: option, exact: true })
		.or(page.getByRole('option').filter({ has: page.getByText(option, { exact: true }) }));
	await options.filter({ visible: true }).first().click();
}

/** Closes the messages at the bottom right, so that the next one is the only one. */
export async function closeMessages(page: Page): Promise<void> {
	const close = page.locator('.el-notification__closeBtn');
	while ((await close.count()) > 0) {
		// It may go by itself in this moment.
		await close
			.first()
			.click({ timeout: 2_000 })
			.catch(() => {});
		await page.waitForTimeout(300);
	}
}

/** Labels of the fields that show, top to bottom; required ones may carry a star. */
export async function labels(fields: Locator): Promise<string[]> {
	const texts = await fields.locator('label').filter({ visible: true }).allInnerTexts();
	// A label holds the choice between a value and an expression, too.
	return texts.map((text) => asRead(text).replace(/ ?Fixed Expression$/, '')).filter(Boolean);
}

/** What one reads: no line breaks, and spaces that are spaces. */
export function asRead(text: string): string {
	return text.replace(/\s+/g, ' ').trim();
}
