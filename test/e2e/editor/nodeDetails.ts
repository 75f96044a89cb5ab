import type { Locator, Page } from 'playwright-core';
import { asRead, byId, choose, closeMessages, labels, parameter, toggle, type } from './elements';

/** The view of a node's parameters, between its input and its output. */
export class NodeDetails {
	private readonly details: Locator;
	private readonly output: Locator;

	constructor(private readonly page: Page) {
		this.details = byId(page, 'ndv');
		this.output = byId(this.details, 'output-panel');
	}

	async waitFor(): Promise<void> {
		await byId(this.details, 'node-parameters').waitFor();
	}

	async fields(): Promise<string[]> {
		return await labels(byId(this.details, 'node-parameters'));
	}

	async openSettings(): Promise<void> {
		await byId(this.details, 'tab-settings').click();
	}

	async credentialName(): Promise<string> {
		const select = byId(this.details, 'node-credentials-select');
		return await select.locator('input').first().inputValue();
	}

	async editCredential(): Promise<void> {
		await byId(this.details, 'credential-edit-button').click();
	}

	/** Fills in the fields from a command, by the editor's own button. */
	async importCurl(command: string): Promise<void> {
		await this.details.getByText('Import cURL', { exact: true }).click();
		await byId(this.page, 'import-curl-modal-input').fill(command);
		await byId(this.page, 'import-curl-modal-button').click();
		await byId(this.page, 'import-curl-modal-input').waitFor({ state: 'hidden' });
	}

	async choose(name: string, option: string): Promise<void> {
		await choose(parameter(this.details, name), option);
	}

	async type(name: string, text: string): Promise<void> {
		await type(this.details, name, text);
	}

	async turnOn(name: string): Promise<void> {
		await toggle(this.details, name);
	}

	async addOption(option: string): Promise<void> {
		await choose(byId(this.details, 'collection-parameter-add'), option);
	}

	async read(name: string): Promise<string> {
		return await parameter(this.details, name).locator('input').first().inputValue();
	}

	/** Runs this node, and waits for its output or error. */
	async execute(): Promise<void> {
		await closeMessages(this.page);
		await byId(this.details, 'node-execute-button').click();
		const end = this.page.getByText(/Node executed successfully|Problem in node/);
		await end.first().waitFor();
	}

	/** The output as it is: the items' JSON. */
	async outputJson(): Promise<unknown> {
		await byId(this.output, 'radio-button-json').click();
		const json = byId(this.output, 'ndv-data-container').filter({ hasText: /]\s*$/ });
		const output = JSON.parse(asRead(await json.innerText())) as unknown;
		await byId(this.output, 'radio-button-table').click();
		return output;
	}

	async itemCount(): Promise<string> {
		return asRead(await byId(this.output, 'ndv-items-count').innerText());
	}

	async hints(): Promise<string[]> {
		return (await byId(this.output, 'node-hint').allInnerTexts()).map(asRead);
	}

	async error(): Promise<{ message: string; description: string }> {
		const [message, description] = await Promise.all([
			byId(this.output, 'node-error-message').innerText(),
			byId(this.output, 'node-error-description').innerText(),
		]);
		return { message: asRead(message), description: asRead(description) };
	}
}
