import type { Locator, Page } from 'playwright-core';
import { asRead, byId, choose, labels, parameter, toggle, type } from './elements';

/** The dialog in which a credential is filled in. */
export class CredentialDialog {
	private readonly dialog: Locator;

	constructor(private readonly page: Page) {
		this.dialog = byId(page, 'editCredential-modal');
	}

	async waitFor(): Promise<void> {
		await byId(this.dialog, 'tokenUrl').waitFor();
	}

	async fields(): Promise<string[]> {
		return await labels(byId(this.dialog, 'credential-connection-parameter'));
	}

	async placeholder(field: string): Promise<string | null> {
		return await parameter(this.dialog, field).locator('input').first().getAttribute('placeholder');
	}

	async type(field: string, text: string): Promise<void> {
		await type(this.dialog, field, text);
	}

	async choose(field: string, option: string): Promise<void> {
		await choose(parameter(this.dialog, field), option);
	}

	async toggle(field: string): Promise<void> {
		await toggle(this.dialog, field);
	}

	/** Where the links in the dialog lead to. */
	async links(): Promise<string[]> {
		const links = await this.dialog.locator('a[href]').filter({ visible: true }).all();
		return await Promise.all(links.map(async (link) => String(await link.getAttribute('href'))));
	}

	async addTokenRequestParameter(name: string, value: string): Promise<void> {
		await byId(this.dialog, 'fixed-collection-add').click();
		await type(this.tokenRequestParameters, 'name', name);
		await type(this.tokenRequestParameters, 'value', value);
	}

	/** Names and values, in turn. */
	async readTokenRequestParameters(): Promise<string[]> {
		const inputs = await this.tokenRequestParameters.locator('input').all();
		return await Promise.all(inputs.map((input) => input.inputValue()));
	}

	/** n8n tests a credential after it has saved it. Answers what it shows then, its details unfolded. */
	async save(): Promise<{ ok: boolean; text: string }> {
		const tested = this.page.waitForResponse((response) =>
			response.url().endsWith('/rest/credentials/test'),
		);
		await byId(this.dialog, 'credential-save-button').click();
		const { data } = (await (await tested).json()) as { data: { status: 'OK' | 'Error' } };
		const ok = data.status === 'OK';
		const banner = ok ? 'Connection tested successfully' : 'Couldn’t connect with these settings';
		await this.dialog.getByText(banner).filter({ visible: true }).waitFor();
		if (!ok) await this.dialog.getByText('More details').filter({ visible: true }).click();
		return { ok, text: asRead(await this.dialog.innerText()) };
	}

	async close(): Promise<void> {
		// The Escape key would close the node behind it as well.
		await this.dialog.getByLabel('Close this dialog').click();
		await this.dialog.waitFor({ state: 'hidden' });
	}

	private get tokenRequestParameters(): Locator {
		return byId(this.dialog, 'fixed-collection-tokenRequestParameters');
	}
}
