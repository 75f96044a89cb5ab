import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { OWNER } from '../n8nRest';
import { CredentialDialog } from './credentialDialog';
import { asRead, byId, closeMessages, PATIENCE_MS } from './elements';
import { NodeDetails } from './nodeDetails';

/** Set it to a folder to get a picture of every step. */
const SCREENSHOTS_VARIABLE = 'E2E_SCREENSHOTS';

/**
 * n8n's editor, with the hands and eyes of someone who builds a workflow: clicks what can be seen, types
 * into fields, and reads.
 */
export class Editor {
	/** As far as they are open. */
	readonly credential: CredentialDialog;
	readonly node: NodeDetails;

	private constructor(
		private readonly page: Page,
		private readonly url: string,
	) {
		this.credential = new CredentialDialog(page);
		this.node = new NodeDetails(page);
	}

	/** Opens the editor, and signs in as the owner. */
	static async open(browser: Browser, url: string): Promise<Editor> {
		const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
		page.setDefaultTimeout(PATIENCE_MS);
		// n8n asks before it leaves a workflow.
		page.on('dialog', (dialog) => void dialog.accept().catch(() => {}));
		const editor = new Editor(page, url);
		await editor.goTo('/signin');
		await byId(page, 'emailOrLdapLoginId').locator('input').fill(OWNER.email);
		await byId(page, 'password').locator('input').fill(OWNER.password);
		await byId(page, 'form-submit-button').click();
		await byId(page, 'main-sidebar-settings').waitFor();
		return editor;
	}

	/** Names of the types of credentials that a search in the dialog "Add new credential" offers. */
	async searchCredentialTypes(search: string): Promise<string[]> {
		await this.goTo('/home/credentials/create');
		await byId(this.page, 'new-credential-type-select').locator('input').fill(search);
		const offered = byId(this.page, 'new-credential-type-select-option').filter({ visible: true });
		// All types are offered until the search has been read.
		await offered
			.filter({ hasNotText: new RegExp(search, 'i') })
			.first()
			.waitFor({ state: 'hidden' });
		return (await offered.allInnerTexts()).map(asRead);
	}

	/** Begins a credential of the first type that a search offers. */
	async newCredential(search: string): Promise<void> {
		await this.searchCredentialTypes(search);
		const offered = byId(this.page, 'new-credential-type-select-option').filter({ visible: true });
		await offered.first().click();
		await byId(this.page, 'new-credential-type-button').click();
		await this.credential.waitFor();
	}

	async openCredential(name: string): Promise<void> {
		await this.goTo('/home/credentials');
		await this.page.getByText(name, { exact: true }).first().click();
		await this.credential.waitFor();
	}

	async newWorkflow(): Promise<void> {
		await this.goTo('/workflow/new');
		await byId(this.page, 'node-creator-plus-button').waitFor();
	}

	async openWorkflow(id: string): Promise<void> {
		await this.goTo(`/workflow/${id}`);
		await byId(this.page, 'canvas-default-node').first().waitFor();
	}

	/** What the panel of nodes offers for a search. */
	async searchNodes(search: string): Promise<Array<{ name: string; description: string }>> {
		await byId(this.page, 'node-creator-plus-button').click();
		await byId(this.page, 'node-creator-search-bar').fill(search);
		const found = byId(this.page, 'node-creator-node-item').filter({
			hasText: new RegExp(search, 'i'),
		});
		await found.first().waitFor();
		const read = async (id: string) => (await byId(found, id).allInnerTexts()).map(asRead);
		const names = await read('node-creator-item-name');
		const descriptions = await read('node-creator-item-description');
		return names.map((name, index) => ({ name, description: descriptions[index] ?? '' }));
	}

	/** Adds a node that a search has found, and opens its details. */
	async addFoundNode(name: string): Promise<void> {
		await byId(this.page, 'node-creator-item-name').getByText(name, { exact: true }).click();
		// n8n tells where a community node comes from, before it adds it.
		await this.page.getByText('Add to workflow', { exact: true }).click();
		await this.node.waitFor();
	}

	async openNode(name: string): Promise<void> {
		await byId(this.page, 'canvas-default-node').filter({ hasText: name }).first().dblclick();
		await this.node.waitFor();
	}

	/** Runs the whole workflow, and waits for its end. */
	async executeWorkflow(): Promise<void> {
		await byId(this.page, 'execute-workflow-button').click();
		const end = this.page.getByText(/Workflow executed successfully|Problem in node/);
		await end.first().waitFor();
	}

	/** Light or dark, as the operating system asks for it. */
	async setColours(colorScheme: 'light' | 'dark'): Promise<void> {
		await this.page.emulateMedia({ colorScheme });
	}

	/** Waits until an icon is drawn from this file. */
	async seeIcon(file: string): Promise<void> {
		await this.page.locator(`img[src$="/${file}"]`).filter({ visible: true }).first().waitFor();
	}

	/** A picture for who wants to look, without what comes and goes. */
	async screenshot(name: string): Promise<void> {
		const folder = process.env[SCREENSHOTS_VARIABLE];
		if (!folder) return;
		await closeMessages(this.page);
		await this.page.mouse.move(640, 4);
		await this.page.waitForTimeout(1_000);
		await this.page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
	}

	private async goTo(path: string): Promise<void> {
		await this.page.goto(`${this.url}${path}`, { timeout: 60_000 });
	}
}
